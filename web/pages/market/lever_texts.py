"""What each lever of the radar would take, in a sentence: for the broker, and as a question to whom it concerns.

The questions go out of the house. They hold what the parties publish and what is the reader's own, never a reserve, a
ceiling, or who the others are.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from broker.catalogue import products, schemes
from broker.listings.models import Need
from broker.matchmaking.openings import Opening, Step
from web.explanation_figures import days, exact, limits, mass, plain, price
from web.figures import in_line
from web.i18n import country_name, language, percent

LEVERS = {
    "payment_days": _l("Pay at %(have)s instead of %(want)s"),
    "payment_days_advance": _l("Wait of %(have)s net of the advance instead of %(want)s"),
    "price": _l("Pay %(have)s %(currency)s/kg landed instead of %(want)s at most"),
    "grade": _l("Accept the grade %(grade)s"),
    "spec": _l("Give way in %(limits)s of the specification"),
    "variety": _l("Accept another variety"),
    "origin": _l("Accept produce from %(country)s"),
    "calendar": _l("Take delivery in other months"),
    "min_lot": _l("Take a lot %(kg)s larger"),
    "radius": _l("Go %(plain)s km further"),
    "certificate": _l("Obtain %(schemes)s"),
    "readiness": _l("Raise readiness from %(plain)s to %(least)s points"),
    "readiness_unknown": _l("Assess readiness; %(least)s points are needed"),
    "loss": _l("Halve the loss after harvest, today up to %(share)s"),
    "confirm": _l("Have capacity confirmed again that has run out"),
}

TO_BUYER = {
    "payment_days": _l("You pay at %(pays)s. Would you pay so that the money takes %(have)s at most?"),
    "price": _l("At the price you have published the offers do not fit. Would you look at a higher one?"),
    "grade": _l("Would you also accept the grade %(grade)s?"),
    "spec": _l("Would you give way in %(limits)s of the specification?"),
    "variety": _l("Would you also accept another variety?"),
    "origin": _l("Would you also accept produce from %(country)s?"),
    "calendar": _l("Would you also take delivery in other months?"),
    "min_lot": _l("Would you take lots %(kg)s larger?"),
    "radius": _l("Would you accept produce from %(plain)s km further away?"),
}
GAIN = _l("With that, %(organizations)s could deliver %(quantity)s more %(per)s.")
GAIN_FAMILIES = _l(
    "With that, %(organizations)s with %(families)s member families could deliver %(quantity)s more %(per)s."
)

TO_ORGANIZATION = {
    "certificate": _l(
        "What is missing is %(schemes)s. Could you obtain it, and by when? With it you could deliver %(quantity)s %(per)s."
    ),
    "readiness": _l(
        "Your readiness stands at less than the %(least)s points that are needed. Shall we go through together what is"
        " missing? With them you could deliver %(quantity)s %(per)s."
    ),
    "readiness_unknown": _l(
        "Your readiness has not been assessed yet. When may we do it with you? Then you could deliver %(quantity)s"
        " %(per)s."
    ),
    "loss": _l(
        "You give all you have. If half of what is lost after harvest were saved, that would be %(quantity)s more"
        " %(per)s. What would it take: packing, a collection centre, transport?"
    ),
    "confirm": _l(
        "Your capacity has not been confirmed in time and takes no part until it is. Is it still true? Then you could"
        " deliver %(quantity)s %(per)s."
    ),
}  # fmt: skip


def lever_sentence(opening: Opening, step: Step) -> str:
    """What a step takes, as the broker may read it."""
    need, lever = opening.need, opening.lever
    code = _code(lever, step)
    if lever == "payment_days" and need.advance_pct:
        code = "payment_days_advance"
    # A name may end in a point of its own: GlobalG.A.P.
    return str(LEVERS[code]) % step_figures(need, lever, step)


def step_figures(need: Need, lever: str, step: Step) -> Mapping[str, str]:
    """The numbers of a step in words, each where its lever has it."""
    have, want = step.have, step.want
    figures = {"currency": need.currency, "pays": days(need.payment_days)}
    if lever == "payment_days":
        return figures | {"have": days(have), "want": days(want)}
    if lever == "price":
        return figures | {"have": price(have), "want": price(want)}
    if lever == "grade":
        return figures | {"grade": _grade(need.product, have)}
    if lever == "origin":
        return figures | {"country": country_name(have) if have else "–"}
    if lever == "certificate":
        return figures | {"schemes": ", ".join(schemes.get(code).name(language()) for code in step.missing)}
    if lever == "readiness":
        return figures | {"plain": plain(have), "least": plain(want)}
    number: dict[str, Any] = {"plain": plain, "kg": mass, "limits": limits, "share": _share}
    chosen = {"min_lot": "kg", "spec": "limits", "loss": "share"}.get(lever, "plain")
    return figures | {chosen: number[chosen](have)}


def question_to_buyer(opening: Opening, gain: Mapping[str, str]) -> str:
    """What the buyer is asked, and what it would bring."""
    asked = str(TO_BUYER[opening.lever]) % step_figures(opening.need, opening.lever, opening.whole)
    brings = GAIN_FAMILIES if gain["families"] else GAIN
    return f"{asked} {str(brings) % gain}"


def question_to_organization(opening: Opening, gain: Mapping[str, str]) -> str:
    """What an organization is asked, and what it would bring to itself."""
    code = _code(opening.lever, opening.whole)
    figures = step_figures(opening.need, opening.lever, opening.whole)
    return str(TO_ORGANIZATION[code]) % {**figures, **gain}


def _code(lever: str, step: Step) -> str:
    return "readiness_unknown" if lever == "readiness" and step.have is None else lever


def _grade(product: str, code: str | None) -> str:
    if code is None:
        return gettext("not declared")
    return in_line(products.get(product).grade(code).names[language()])


def _share(value: str | None) -> str:
    return "–" if value is None else percent(Decimal(exact(value)))
