"""What the lines of the board are put together of."""

from __future__ import annotations

from flask_babel import gettext as _

from broker.money import Money
from broker.today.columns import Matter
from web.figures import lower_first, short_name
from web.i18n import amount, product_name, since


def pair(matter: Matter) -> str:
    return _(
        "%(buyer)s and %(organization)s",
        buyer=short_name(matter.first),
        organization=short_name(matter.second),
    )


def side_name(matter: Matter) -> str:
    """The organization behind a side, or the broker."""
    names = {"buyer": short_name(matter.first), "producer": short_name(matter.second)}
    return names.get(matter.state) or _("Your house")


def product_of(matter: Matter, *, lower: bool = True) -> str:
    name = product_name(matter.product)
    return lower_first(name) if lower else name


def money_of(matter: Matter) -> str:
    """What is left to pay, with its currency."""
    owed = Money(matter.minor or 0, matter.currency)
    return f"{amount(owed.amount)} {owed.currency}"


def since_when(matter: Matter) -> str:
    return _("Since %(when)s", when=since(matter.since)) if matter.since else ""
