"""A question of the radar, written out to the party that can answer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from flask_babel import gettext as _
from flask_babel import ngettext

from broker.matchmaking.openings import Opening
from broker.parties.models import Organization
from web.figures import lower_first, short_name
from web.i18n import day, kilograms, number, product_name
from web.pages.listings.words import quantity_words
from web.pages.market.lever_texts import question_to_buyer, question_to_organization
from web.security import actor, person
from web.wording import label

LONGEST = 3000
"""Characters of a text that fits into an address."""


@dataclass(frozen=True)
class Question:
    """To whom, by what subject and in which words; `mail` and `message` are the links that send it."""

    opening: Opening
    to: Organization
    others: Sequence[Organization]
    subject: str
    text: str

    @property
    def mail(self) -> str:
        return f"mailto:{quote(self.to.email or '', safe='@')}?subject={quote(self.subject)}&body={quote(self.text)}"

    @property
    def message(self) -> str:
        return f"https://wa.me/?text={quote(self.text)}"


def question_view(opening: Opening, organization_id: int, text: str) -> Question:
    """To the buyer, or to one of the organizations: the one of this number, else the first. `text` is what the broker
    has made of it, if anything."""
    asked = [opening.need.buyer] if opening.asks_buyer else _organizations(opening)
    to = next((one for one in asked if one.id == organization_id), asked[0])
    subject = _("About %(product)s", product=lower_first(product_name(opening.need.product)))
    text = text.strip()[:LONGEST].replace("\r\n", "\n") or _text(opening, to)
    return Question(opening, to, [one for one in asked if one is not to], subject, text)


def _organizations(opening: Opening) -> list[Organization]:
    return list({one.organization_id: one.organization for one in opening.whole.groups}.values())


def _text(opening: Opening, to: Organization) -> str:
    if opening.asks_buyer:
        about, asked = _own_need(opening), question_to_buyer(opening, _gain(opening))
    else:
        about, asked = _market_need(opening), question_to_organization(opening, _own_gain(opening, to))
    end = _("Your answer binds you to nothing; with it we look again.")
    return "\n\n".join(
        [_("Good day, %(name)s:", name=short_name(to.legal_name)), about, asked, end, _signed()]
    )


def _own_need(opening: Opening) -> str:
    need = opening.need
    return _(
        "This is about your need %(reference)s: %(quantity)s of %(product)s, delivered in %(place)s from %(start)s to"
        " %(end)s.",
        reference=need.reference, quantity=quantity_words(need), product=lower_first(product_name(need.product)),
        place=need.municipality, start=day(need.starts_on), end=day(need.ends_on),
    )  # fmt: skip


def _market_need(opening: Opening) -> str:
    """Who asks is said only of a need that everybody may see."""
    need = opening.need
    buyer = short_name(need.buyer.legal_name) if need.visibility == "public" else _("A buyer")
    return _(
        "%(buyer)s asks for %(quantity)s of %(product)s from %(start)s to %(end)s.",
        buyer=buyer, quantity=quantity_words(need), product=lower_first(product_name(need.product)),
        start=day(need.starts_on), end=day(need.ends_on),
    )  # fmt: skip


def _gain(opening: Opening) -> dict[str, str]:
    step = opening.whole
    organizations = ngettext("%(num)d organization", "%(num)d organizations", step.organizations)
    return {
        "organizations": organizations,
        "families": number(step.families) if step.families else "",
        "quantity": kilograms(round(step.kg_per_period, -2)),
        "per": label(opening.need.period, "period"),
    }


def _own_gain(opening: Opening, to: Organization) -> dict[str, str]:
    kg = opening.whole.kg_of(to.id)
    return {"quantity": kilograms(round(kg, -2) or round(kg)), "per": label(opening.need.period, "period")}


def _signed() -> str:
    house = next(m.organization for m in person().memberships if m.organization_id == actor().organization_id)
    return f"{person().name}\n{short_name(house.legal_name)}"
