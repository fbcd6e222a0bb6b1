"""Why an alliance would be dominated by one side, and what helps against it."""

from __future__ import annotations

from flask import Flask
from flask_babel import gettext as _
from flask_babel import ngettext

from broker.matchmaking.dependence import Dependence
from web.i18n import percent


def register(app: Flask) -> None:
    app.template_filter("dependence_sentence")(dependence_sentence)


def dependence_sentence(found: Dependence) -> str:
    """The shares that make it so, and the remedies; empty for a balanced one."""
    if found.kind == "producer_dominated":
        return _(
            "The organization would bring %(purchases)s of what the buyer asks for, but sell the buyer only %(sales)s "
            "of its year: a second one makes the buyer safer.",
            purchases=percent(found.of_purchases),
            sales=percent(found.of_sales),
        )
    if found.kind == "balanced":
        return ""
    share = percent(found.of_sales)
    return " ".join(
        (
            _("The buyer would take %(share)s of what the organization can sell in a year.", share=share),
            _buyers_near(found.other_buyers),
            _("What helps: coaching for the talks, a second buyer, a certificate in its own name.")
            if found.buyer_holds_certificate
            else _("What helps: coaching for the talks, a second buyer."),
        )
    )


def _buyers_near(others: int) -> str:
    if not others:
        return _("There is no other buyer of it within three hours.")
    return ngettext(
        "There is %(num)d other buyer of it within three hours.",
        "There are %(num)d other buyers of it within three hours.",
        others,
    )
