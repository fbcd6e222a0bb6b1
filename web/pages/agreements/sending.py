"""The drafts of one need together: made in one step, what they lack asked once with what is usual, sent in one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
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
from web.wording import message, sentences


@bp.post("/of-need/<int:need_id>/draft")
@access("broker")
def draft_all(need_id: int) -> ResponseReturnValue:
    """Make the draft of every suggestion of a need that both sides accepted."""
    with writing() as tx:
        need_of_client(tx.session, actor(), need_id)
        made = sending.draft_all(tx, need_id)
    if made:
        flash(ngettext("%(num)d draft has been made.", "%(num)d drafts have been made.", made), "ok")
    return redirect(url_for("agreements.of_need", need_id=need_id), 303)


@bp.route("/of-need/<int:need_id>", methods=["GET", "POST"])
@access("broker")
def of_need(need_id: int) -> ResponseReturnValue:
    """The drafts of a need that have not gone out, what they lack, and one button that completes and sends them."""
    drafts = sending.unsent_of(db.session(), actor(), need_id)
    terms = sending.terms_together(drafts)
    if request.method == "GET":
        usual = {path: shown(term, term.recommended) for path, term in terms.items()}
        return _form(need_id, drafts, usual, {})
    typed = typed_terms(request.form, terms)
    reader = Reader(request.form.to_dict(), decimal_separator=decimal_separator())
    reply_by = reader.date("reply_by")
    chosen = set(request.form.getlist("draft", type=row_id))
    try:
        reader.faults.require(bool(chosen), "nothing_chosen", "draft")
        for path, text in typed.items():
            reader.faults.require(bool(text.strip()), "required", path)
        reader.faults.raise_if_any()
        values = read_terms(terms, typed, decimal_separator())
        with writing() as tx:
            need_of_client(tx.session, actor(), need_id)
            sent = sending.send_all(tx, need_id, chosen, values, reply_by)
    except (Invalid, RuleBroken) as fault:
        return _form(need_id, drafts, typed, sentences(fault), 422)
    except Conflict as conflict:
        flash(message(conflict), "info")
        return redirect(url_for("desk.need", need_id=need_id), 303)
    flash(
        ngettext(
            "%(num)d draft is with both parties. Each of them can accept it or make an offer.",
            "%(num)d drafts are with their parties. Each of them can accept or make an offer.",
            sent,
        ),
        "ok",
    )
    return redirect(url_for("desk.need", need_id=need_id), 303)


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
        chosen=request.form.getlist("draft", type=row_id) if status != 200 else None,
        reply_by=request.form.get("reply_by", ""),
    )
