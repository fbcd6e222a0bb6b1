"""The list of deliveries, one delivery, its photo, and the calendar to subscribe to."""

from __future__ import annotations

from flask import Response, request
from flask.typing import ResponseReturnValue

from broker.deliveries import queries
from broker.documents import attachments
from broker.errors import NotFound
from web import i18n
from web.extensions import db
from web.pages.deliveries import calendar, liquidation, money, steps
from web.pages.deliveries.blueprint import PARTIES, bp
from web.pages.deliveries.showing import shown
from web.rendering import page
from web.row_ids import row_id
from web.security import access, actor

__all__ = ["bp", "calendar", "liquidation", "money", "steps"]


@bp.get("")
@access(*PARTIES)
def listing() -> ResponseReturnValue:
    """What asks something of the reader, what is coming, what has ended."""
    show = request.args.get("show", "todo")
    show = show if show in queries.SHOWS else "todo"
    agreement_id = request.args.get("agreement", type=row_id)
    found = queries.deliveries_of(
        db.session(), actor(), i18n.today(), show, request.args.get("page", 1, type=row_id), agreement_id
    )
    return page(
        "deliveries/listing.html",
        fragment="deliveries/_rows.html",
        found=found,
        show=show,
        agreement_id=agreement_id,
        feed=calendar.address() if actor().kind != "broker" else None,
    )


@bp.get("/<int:delivery_id>")
@access(*PARTIES)
def show(delivery_id: int) -> ResponseReturnValue:
    """One delivery, with the form of its next step."""
    return shown(delivery_id, {})


@bp.get("/<int:delivery_id>/photo")
@access(*PARTIES)
def photo(delivery_id: int) -> ResponseReturnValue:
    """The photo behind a rejection, for both parties and the broker."""
    delivery = queries.delivery_for(db.session(), actor(), delivery_id)
    if delivery.photo_id is None:
        raise NotFound("not_found")
    kept = attachments.read(db.session(), delivery.photo_id)
    headers = {"Content-Disposition": f'attachment; filename="entrega-{delivery.id}.{kept.ending}"'}
    return Response(kept.data, mimetype=kept.media_type, headers=headers)
