"""The question to whoever could open more of a need, drafted in the broker's language for him to change."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from flask import Flask
from flask_babel import gettext as _
from flask_babel import ngettext

from broker.matchmaking.questions import OF_BUYER, Question, askable
from broker.parties.models import User
from web.explanation_figures import days, exact
from web.i18n import day, kilograms, product_name
from web.wording import label


def register(app: Flask) -> None:
    app.template_filter("askable")(askable)


@dataclass(frozen=True)
class Draft:
    """What would be mailed."""

    subject: str
    text: str


def draft(question: Question, sender: User) -> Draft:
    """The question with its figures. A buyer reads no organization's name, and an organization not the buyer's."""
    product = product_name(question.need.product)
    asked = _of_buyer if question.gate in OF_BUYER else _of_organization
    text = "\n\n".join(
        (_("Good day,"), asked(question, product), _("Could we talk about it? Thank you."), sender.name)
    )
    return Draft(_("A question about %(product)s", product=product), text)


def _of_buyer(question: Question, product: str) -> str:
    need = question.need
    gain = _(
        "Your need %(reference)s (%(product)s from %(start)s) could be covered better: %(kg)s %(period)s more, from "
        "%(groups)s.",
        reference=need.reference, product=product, start=day(need.starts_on),
        kg=kilograms(question.kg_per_period), period=label(need.period, "period"),
        groups=ngettext("%(num)d organization", "%(num)d organizations", question.organizations),
    )  # fmt: skip
    return f"{gain} {_concession(question)}"


def _concession(question: Question) -> str:
    need, distance = question.need, question.distance
    if question.gate == "payment_days" and distance is not None and not need.advance_pct:
        sooner = days(Decimal(need.payment_days) - exact(distance))
        return _(
            "It would take paying after %(sooner)s instead of %(days)s.",
            sooner=sooner, days=days(need.payment_days),
        )  # fmt: skip
    return _("It would take giving way in one condition: %(gate)s.", gate=label(question.gate, "gate"))


def _of_organization(question: Question, product: str) -> str:
    need = question.need
    return " ".join(
        (
            _(
                "A buyer looks for %(kg)s of %(product)s %(period)s, from %(start)s to %(end)s.",
                kg=kilograms(need.quantity_kg), product=product, period=label(need.period, "period"),
                start=day(need.starts_on), end=day(need.ends_on),
            ),
            _("One condition keeps your offer out: %(gate)s.", gate=label(question.gate, "gate")),
            _("What would you need to meet it, and by when?"),
        )
    )  # fmt: skip
