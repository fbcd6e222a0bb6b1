"""The drafts of one need together: made in one step, what they lack asked once with what is usual, sent in one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from broker.agreements import freezing, sending
from broker.agreements.negotiable import read_terms
from broker.errors import Conflict, Invalid, RuleBroken
from broker.listings.reader import Reader
from broker.matchmaking.queries import need_of_client
from web.extensions import db
from web.i18n import decimal_separator
from web.pages.agreements.blueprint import bp
from web.pages.agreements.term_fields import fields_of, shown, typed_terms
from web.rendering import page, writing
from web.row_ids import row_id
from web.security import access, actor
from web.wording import label, message, sentences


@bp.post("/of-need/<int:need_id>/draft")
@access("broker")
def draft_all(need_id: int) -> ResponseReturnValue:
    """Make the draft of every suggestion of a need that both sides accepted, and say whom it leaves out."""
    with writing() as tx:
        need_of_client(tx.session, actor(), need_id)
        drafted = sending.draft_all(tx, need_id)
    if drafted.made:
        flash(
            ngettext("%(num)d draft has been made.", "%(num)d drafts have been made.", drafted.made),
            "ok",
        )
    for name in drafted.without_mandate:
        flash(message(Conflict("mandate_missing", name=name)), "warn")
    if drafted.through_union:
        names = ", ".join(drafted.through_union)
        flash(
            _(
                "A union can sign for %(names)s: choose at each of them whether it does or whether each signs itself.",
                names=names,
            ),
            "info",
        )
    if drafted.made or not (drafted.without_mandate or drafted.through_union):
        return redirect(url_for("agreements.of_need", need_id=need_id), 303)
    return redirect(url_for("desk.need", need_id=need_id), 303)


@bp.route("/of-need/<int:need_id>", methods=["GET", "POST"])
@access("broker")
def of_need(need_id: int) -> ResponseReturnValue:
    """The drafts of a need that have not gone out, what they lack, and one button that completes and sends them."""
    drafts = sending.unsent_of(db.session(), actor(), need_id)
    if request.method == "GET":
        terms = sending.terms_together(drafts)
        return _form(
            need_id, drafts, {path: shown(term, term.recommended) for path, term in terms.items()}, {}
        )
    chosen = {number: request.form.get(f"read-{number}", 0, type=row_id) for number in _ticked()}
    # Of a draft that stays here nothing is asked.
    terms = sending.terms_together(one for one in drafts if one.agreement.id in chosen)
    typed = typed_terms(request.form, sending.terms_together(drafts))
    reader = Reader(request.form.to_dict(), decimal_separator=decimal_separator())
    reply_by = reader.date("reply_by")
    try:
        reader.faults.require(bool(chosen), "nothing_chosen", "draft")
        for path in typed.keys() & terms.keys():
            reader.faults.require(bool(typed[path].strip()), "required", path)
        reader.faults.raise_if_any()
        answers = {path: text for path, text in typed.items() if path in terms}
        values = read_terms(terms, answers, decimal_separator())
        with writing() as tx:
            need_of_client(tx.session, actor(), need_id)
            sent = sending.send_all(tx, need_id, chosen, values, reply_by)
    except (Invalid, RuleBroken) as fault:
        return _form(need_id, drafts, typed, sentences(fault), 422)
    except Conflict as conflict:
        return _moved_on(need_id, typed, conflict)
    flash(
        ngettext(
            "%(num)d draft is with both parties. Each of them can accept it or make an offer.",
            "%(num)d drafts are with their parties. Each of them can accept or make an offer.",
            sent,
        ),
        "ok",
    )
    return redirect(url_for("desk.need", need_id=need_id), 303)


def _moved_on(need_id: int, typed: Mapping[str, str], conflict: Conflict) -> ResponseReturnValue:
    """The drafts as they are now, with what was typed; where none is left, the need."""
    left = sending.unsent_of(db.session(), actor(), need_id)
    if left:
        return _form(need_id, left, typed, {"draft": message(conflict)}, 409)
    flash(message(conflict), "info")
    return redirect(url_for("desk.need", need_id=need_id), 303)


def _ticked() -> list[int]:
    return request.form.getlist("draft", type=row_id)


def _form(
    need_id: int,
    drafts: Sequence[sending.Unsent],
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    status: int = 200,
) -> ResponseReturnValue:
    need = need_of_client(db.session(), actor(), need_id)
    terms = list(sending.terms_together(drafts).values())
    return page(
        "agreements/of_need.html",
        status=status,
        need=need,
        drafts=drafts,
        fields=fields_of(terms, freezing.facts_of(drafts[0].version)) if drafts else [],
        typed=typed,
        errors=errors,
        ticked=_ticked() if status != 200 else [one.agreement.id for one in drafts if not one.beyond],
        parts={one.agreement.id: [label(part, "agreement_part") for part in one.beyond] for one in drafts},
        reply_by=request.form.get("reply_by", ""),
    )
