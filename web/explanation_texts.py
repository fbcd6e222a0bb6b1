"""Sentences for what a matching found: closed conditions, why a need stays open, why a pair is used or not.

They work from the plain dictionaries that a run stores (`written.pair_details`, `NeedResult.summary`) and from
fresh findings alike. Sentences about prices and readiness tell what only the broker, or the owner of the
files, may read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from flask import Flask
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from broker.catalogue import attributes, products, schemes
from broker.listings.models import Capacity, Need
from broker.matchmaking.models import Suggestion
from broker.matchmaking.party_view import PartyView
from web.explanation_figures import days, exact, figures_of, limits, mass, plain, price
from web.figures import in_line, kg_price, lower_first
from web.i18n import country_name, language, number, percent, unbroken
from web.wording import label

REASONS = {
    "no_capacity": _l("Nobody offers this product."),
    "no_capacity_of_grade": _l(
        "There is no offer of the grade asked for; of other grades: %(pairs)s with %(kg_per_period)s %(per)s."
    ),
    "gate_alone": _l("One condition alone closes it, %(gate)s: %(pairs)s with %(kg_per_period)s %(per)s."),
    "gate_all": _l(
        "Every offer is held back by %(gate)s, among others: %(pairs)s with %(kg_per_period)s %(per)s."
    ),
    "gate": _l("Held back by %(gate)s: %(pairs)s with %(kg_per_period)s %(per)s."),
    "supply_short": _l(
        "Those who meet every condition can deliver %(usable_kg)s of the %(wanted_kg)s asked for."
    ),
    "max_share": _l(
        "With at most %(share)s from one organization, %(reachable_kg)s of the eligible %(eligible_kg)s can be"
        " taken."
    ),
    "min_suppliers": _l("At least %(needed)s must supply it; those who meet every condition: %(eligible)s."),
    "min_fill": _l("It is served only from %(needed_share)s upwards; within reach: %(reachable_share)s."),
    "max_suppliers": _l("At most %(allowed)s may supply it; those who meet every condition: %(eligible)s."),
    "competition": _l("Other needs receive %(kg_elsewhere)s of what could have come here."),
    "no_surplus": _l("Nothing would be gained at these prices: %(pairs)s with %(kg_per_period)s %(per)s."),
    "quote_missing": _l("Its price follows a quotation that has not been entered."),
    "rate_missing": _l("There is no exchange rate for its currency. Enter one and compute again."),
    "price_unusable": _l(
        "Its price cannot be reckoned: a figure is missing, or the figures make it negative or far too large."
    ),
    "pin_closed": _l("A pair that you fixed does not meet every condition."),
    "pin_cannot_hold": _l("A pair that you fixed could not be kept in the plan."),
}  # fmt: skip
ONLY_OBSTACLE = _l("Nothing else holds back %(alone_pairs)s with %(alone_kg_per_period)s.")

GATES = {
    "variety": _l("It is another variety than the one asked for."),
    "grade": _l("Asks for %(want)s; it offers %(have)s."),
    "origin": _l("Asks for produce of %(want)s; this comes from %(have)s."),
    "readiness": _l("Readiness of %(have)s points; %(want)s are required."),
    "readiness_unknown": _l("Its readiness is not assessed; %(want)s points are required."),
    "payment_days": _l("Pays at %(pays)s; it can wait %(have)s."),
    "payment_days_advance": _l(
        "Pays at %(pays)s with %(advance)s in advance, which is a wait of %(want)s; it can wait %(have)s."
    ),
    "certificate": _l("Lacks %(missing)s."),
    "calendar": _l("It has nothing free in the delivery window."),
    "price": _l("Landed it costs %(have)s %(currency)s/kg; the buyer pays at most %(want)s."),
    "price_unknown": _l("Landed it costs more than the buyer pays at most."),
    "radius": _l("It lies %(have)s km beyond the largest distance."),
    "min_lot": _l("Its smallest lot is %(have)s larger than what could be moved."),
    "excluded": _l("The broker or one of the sides has excluded this pair."),
    "spec": _l("It misses the specification: %(missed)s."),
}  # fmt: skip

WHY = {
    "all_it_has": _l("Gives all it has: %(kg)s, %(share_of_need)s of the need."),
    "fills_the_need": _l("With its %(kg)s the need is full; that is %(share_of_capacity)s of what it has."),
    "share_limit": _l("Gives %(kg)s, the largest share that one organization may have."),
    "pair_limit": _l("Gives %(kg)s, the most agreed for this pair."),
    "balance": _l("Gives %(kg)s, %(share_of_need)s of the need; more would cost the plan more elsewhere."),
    "need_not_served": _l("It would fit, but the need as a whole does not reach what it requires."),
    "no_surplus": _l("It would fit, but nothing would be gained at these prices."),
    "used_elsewhere": _l("It would fit, but its %(kg_elsewhere)s go to other needs."),
    "enough_suppliers": _l("It would fit, but the need already has the most it allows: %(allowed)s."),
    "dearer": _l("It would fit, but landed it is %(dearer)s dearer than the dearest one chosen."),
    "lot_too_small": _l("It would fit, but %(kg_left)s are left and its smallest lot is %(lot_kg)s."),
    "less_valuable": _l("It would fit, but the plan gains more with others."),
}
HELD_BACK = _l("Held back by %(gate)s.")

RELAXATIONS = {
    "variety": _l("By accepting another variety."),
    "grade": _l("By accepting the next grade."),
    "spec": _l("By giving way in %(limits)s of the specification."),
    "origin": _l("By accepting produce of other countries."),
    "readiness": _l("With %(distance)s more points of readiness."),
    "readiness_unknown": _l("Once readiness is assessed and suffices."),
    "payment_days": _l("If the organization waited %(days)s less for its money."),
    "certificate": _l("By asking for %(certificates)s less."),
    "calendar": _l("With delivery in other months."),
    "price": _l("If up to %(distance)s USD/kg more were paid."),
    "radius": _l("By going %(distance)s km further."),
    "min_lot": _l("By taking a lot %(kg)s larger."),
}

TERMS = {
    "spec_met": _l("meets everything that is asked"),
    "spec_undeclared": _l("%(undeclared)s of %(asked)s attributes not declared"),
    "spec_missed": _l("%(missed)s of %(asked)s attributes outside the limit"),
    "spec_nothing_asked": _l("no specification asked for"),
    "volume_full": _l("can deliver all that one organization may"),
    "volume_part": _l("can deliver %(reachable_kg)s of %(wanted_kg)s"),
    "price_above_ask": _l("the price covers what it asks; waits %(wait_days)s"),
    "price_below_ask": _l("the price, paid that late, is worth less than it asks; waits %(wait_days)s"),
    "takes_formula": _l("takes the buyer's formula; waits %(wait_days)s"),
    "price_unknown": _l("price not known; waits %(wait_days)s"),
    "readiness_evidenced": _l("%(readiness)s points of readiness, with evidence"),
    "readiness_thin_evidence": _l("readiness with little evidence"),
    "readiness_not_assessed": _l("readiness not assessed"),
    "distance": _l("%(km)s km by road"),
    "distance_unknown": _l("distance not known"),
    "certificates_own": _l("holds the certificates asked for"),
    "certificate_of_this_buyer": _l("delivers under a certificate of this buyer"),
    "certificates_not_required": _l("no certificate asked for"),
}


def register(app: Flask) -> None:
    for function in (
        gate_sentence, reason_sentence, why_sentence, relaxation_sentence, term_sentence, unlisted_sentence,
        declined_sentence,
    ):  # fmt: skip
        app.template_filter(function.__name__)(unbroken(function))


def declined_sentence(declined: Suggestion | PartyView) -> str:
    """Who declined a suggestion, and why."""
    return gettext(
        "Declined by %(side)s: %(reason)s",
        side=label(declined.declined_by, "side"),
        reason=lower_first(label(declined.decline_reason, "decline_reason")),
    )


def gate_sentence(gate: Mapping[str, Any], need: Need, capacity: Capacity | None = None) -> str:
    """A closed condition in figures. With the capacity, a missed specification names the attributes."""
    name, want, have = gate["gate"], gate.get("want"), gate.get("have")
    code = name
    figures: dict[str, Any] = {"currency": need.currency}
    if name == "grade":
        figures |= {"want": _grades(need.product, want), "have": _grades(need.product, have)}
    elif name == "origin":
        figures |= {"want": _joined(country_name(c) for c in want.split(", ")), "have": country_name(have)}
    elif name == "readiness":
        figures |= {"want": plain(want), "have": plain(have)}
        code = "readiness_unknown" if have is None else name
    elif name == "payment_days":
        figures |= {"pays": days(need.payment_days), "want": days(want), "have": days(have)}
        figures["advance"] = percent(need.advance_pct)
        code = "payment_days_advance" if need.advance_pct else name
    elif name == "certificate":
        figures["missing"] = _joined(schemes.get(code).name(language()) for code in gate["missing"])
    elif name == "price":
        figures |= {"want": price(want), "have": price(have)}
        code = "price_unknown" if want is None or have is None else name
    elif name == "min_lot":
        figures["have"] = mass(have)
    elif name == "spec":
        figures["missed"] = _missed(need, capacity) if capacity else limits(have)
    else:
        figures["have"] = plain(have)
    # A name may end in a point of its own: GlobalG.A.P.
    return (str(GATES[code]) % figures).replace("..", ".")


def reason_sentence(reason: Mapping[str, Any], need: Need | None = None) -> str:
    """Why a need stays open, in figures; with the need, quantities are said per week or month."""
    params = reason["params"]
    gate = label(reason["gate"], "gate") if reason.get("gate") else gettext("a condition")
    figures = figures_of(params) | {"gate": gate, "per": _per(need)}
    sentence = str(REASONS[reason["code"]]) % figures
    # Only where the words leave open how much would be gained by this condition alone.
    if reason["code"] in ("gate", "gate_all") and params.get("alone_pairs"):
        sentence += " " + str(ONLY_OBSTACLE) % figures
    return sentence


def why_sentence(why: Mapping[str, Any], currency: str = "") -> str:
    """Why a pair stands where it stands. `currency` is the need's: differences of price are known in US dollars
    and said in per cent for any other."""
    code, params = why["code"], why["params"]
    if code not in WHY:
        return str(HELD_BACK) % {"gate": label(code, "gate")}
    figures = figures_of(params)
    if code == "dearer":
        figures["dearer"] = _dearer(params, currency)
    return str(WHY[code]) % figures


def relaxation_sentence(step: Mapping[str, Any], need: Need | None = None) -> str:
    """What would have to give way for the organizations of a step to fit; days are counted net of the advance,
    as `need` pays them."""
    name, distance = step["gate"], step["distance"]
    code = "readiness_unknown" if name == "readiness" and distance is None else name
    if name == "payment_days" and need is not None and distance is not None and not need.advance_pct:
        return gettext(
            "If the money came after %(sooner)s instead of %(days)s.",
            sooner=days(Decimal(need.payment_days) - exact(distance)),
            days=days(need.payment_days),
        )
    count = int(distance or 1)
    figures = {
        "distance": kg_price(exact(distance))
        if name == "price" and distance is not None
        else plain(distance),
        "days": days(distance),
        "kg": mass(distance),
        "limits": limits(count),
        "certificates": ngettext("%(num)d certificate", "%(num)d certificates", count),
    }
    return str(RELAXATIONS[code]) % figures


def unlisted_sentence(count: int) -> str:
    """How many offers a large market does not list for a need."""
    return ngettext(
        "%(num)d more offer misses several conditions; in a market this large it is counted, not listed.",
        "%(num)d more offers miss several conditions; in a market this large they are counted, not listed.",
        count,
    )


def term_sentence(term: Mapping[str, Any]) -> str:
    """What earned a feature its points, to stand behind the feature's name."""
    return str(TERMS[term["reason"]]) % figures_of(term["params"])


def _per(need: Need | None) -> str:
    if need is None or need.period in ("once", "season"):
        return gettext("per period") if need is None else gettext("in all")
    return label(need.period, "period")


def _dearer(params: Mapping[str, Any], currency: str) -> str:
    difference, dearest = params["difference"], params["dearest_used"]
    if currency == "USD" or not dearest:
        return f"{kg_price(exact(difference))} USD/kg"
    return percent(100 * exact(difference) / exact(dearest), 1)


def _grades(product: str, codes: str | None) -> str:
    if not codes:
        return "–"
    return _joined(in_line(products.get(product).grade(code).names[language()]) for code in codes.split(", "))


def _joined(words: Iterable[str]) -> str:
    return ", ".join(words)


def _missed(need: Need, capacity: Capacity) -> str:
    """The critical attributes in which the capacity declares something else than is asked."""
    found = []
    for attribute in attributes.for_product(need.product):
        limit, value = need.attributes.get(attribute.code), capacity.attributes.get(attribute.code)
        if attribute.critical and limit and value is not None and not _holds(limit, value):
            found.append(f"{attribute.label(language()).lower()} {_value(value, attribute.unit)}")
    return _joined(found)


def _holds(limit: Mapping[str, Any], value: Any) -> bool:
    if "one_of" in limit:
        return value in limit["one_of"]
    if "is" in limit:
        return bool(value == limit["is"])
    given = exact(value)
    return Decimal(limit.get("low", given)) <= given <= Decimal(limit.get("high", given))


def _value(value: Any, unit: str | None) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    try:
        text = number(exact(value))
    except ArithmeticError:
        return str(value)
    return f"{text} {unit}" if unit else text
