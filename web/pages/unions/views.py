"""One's union: belonging to it, letting it sign; for a union, its members and their mandates."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from broker.errors import Invalid, NotAllowed, NotFound, RuleBroken
from broker.listings.reader import Reader
from broker.parties import queries, unions
from broker.parties.models import Organization
from broker.transaction import Transaction
from web.extensions import db
from web.i18n import decimal_separator, today
from web.rendering import page, writing
from web.row_ids import row_id
from web.security import PRODUCERS, access, actor
from web.wording import sentences

bp = Blueprint("unions", __name__, template_folder="templates", url_prefix="/organization/union")


@bp.get("")
@access(*PRODUCERS)
def show() -> ResponseReturnValue:
    """The union that the organization belongs to and its mandate; for a union, its members and theirs."""
    return _page({})


@bp.post("/<action>")
@access("producer_org")
def act(action: str) -> ResponseReturnValue:
    """Join a union, leave it, give it the mandate to sign, or take that back."""
    if action not in ACTIONS:
        raise NotFound("not_found")
    verb, done = ACTIONS[action]
    reader = Reader(request.form.to_dict(), decimal_separator=decimal_separator())
    try:
        with writing() as tx:
            verb(tx, _own_id(), reader)
    except (Invalid, RuleBroken) as fault:
        return _page(sentences(fault), 422)
    flash(str(done), "ok")
    return redirect(url_for("unions.show"), 303)


def _join(tx: Transaction, organization_id: int, reader: Reader) -> None:
    union_id = request.form.get("union", 0, type=row_id)
    if not union_id:
        raise RuleBroken("required", field="union")
    unions.join_union(tx, organization_id, union_id)


def _leave(tx: Transaction, organization_id: int, reader: Reader) -> None:
    unions.leave_union(tx, organization_id)


def _give(tx: Transaction, organization_id: int, reader: Reader) -> None:
    minutes = reader.text("minutes", required=True, most=unions.LONGEST_MINUTES)
    given_on, ends_on = reader.date("given_on", required=True), reader.date("ends_on", required=True)
    reader.faults.raise_if_any()
    unions.give_signing_mandate(tx, organization_id, minutes=minutes, given_on=given_on, ends_on=ends_on)


def _revoke(tx: Transaction, organization_id: int, reader: Reader) -> None:
    unions.revoke_signing_mandate(tx, organization_id)


ACTIONS: dict[str, tuple[Callable[[Transaction, int, Reader], None], object]] = {
    "join": (_join, _l("You belong to the union now.")),
    "leave": (_leave, _l("You no longer belong to the union.")),
    "mandate": (_give, _l("The union can sign for you now.")),
    "revoke": (_revoke, _l("The mandate is taken back. What the union signed under it stands.")),
}


def _own_id() -> int:
    own_id = actor().organization_id
    if own_id is None:
        raise NotAllowed("no_organization")
    return own_id


def _page(errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    session = db.session()
    own: Organization = queries.organization(session, _own_id())
    is_union = own.kind == "union"
    return page(
        "unions/show.html",
        status=status,
        organization=own,
        is_manager=actor().role == "manager",
        members=unions.members_of_union(session, own.id, today()) if is_union else [],
        mandate=None if is_union else unions.signing_mandate_of(session, own.id),
        unions=[] if is_union or own.union_id else [(str(one.id), one.legal_name) for one in _unions_of(own)],
        values=request.form,
        errors=errors,
    )


def _unions_of(own: Organization) -> list[Organization]:
    """The unions of its country, by name."""
    found = queries.organizations_named(db.session(), "", ("union",), limit=100)
    return [one for one in found if one.country == own.country]
