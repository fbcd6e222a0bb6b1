"""The calendar of deliveries as iCalendar: an address that a phone subscribes to, good until the password changes."""

from __future__ import annotations

import datetime as dt

from flask import Response, current_app, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from icalendar import Calendar, Event
from itsdangerous import BadData, URLSafeSerializer

from broker.deliveries import queries
from broker.deliveries.models import Delivery
from broker.errors import NotFound
from broker.parties.models import User
from broker.parties.recovery import mark_of
from web.extensions import db
from web.i18n import kilograms, product_name
from web.pages.deliveries.blueprint import bp
from web.security import access, actor, person
from web.wording import label

BACK = dt.timedelta(days=60)


def address() -> str:
    """The address of the reader's calendar; whoever has it reads the deliveries of her organization."""
    token = token_of(person(), actor().organization_id or 0)
    site = current_app.config["SETTINGS"].address
    return str(site) + url_for("deliveries.feed", token=token, _external=not site)


def token_of(user: User, organization_id: int) -> str:
    """What opens the calendar of an organization to one of its people."""
    token: str = _serializer().dumps([user.id, organization_id, mark_of(user)])
    return token


@bp.get("/calendar/<token>.ics")
@access("public")
def feed(token: str) -> ResponseReturnValue:
    """The deliveries as events of whole days. A token of somebody who has left the organization opens nothing."""
    try:
        user_id, organization_id, mark = _serializer().loads(token)
    except BadData:
        raise NotFound("not_found") from None
    user = db.session.get(User, user_id)
    if (
        user is None
        or mark_of(user) != mark
        or organization_id not in {m.organization_id for m in user.memberships}
    ):
        raise NotFound("not_found")
    now = current_app.config["CLOCK"]()
    found = Calendar()
    found.add("prodid", "-//Alianza//deliveries//")
    found.add("version", "2.0")
    for delivery in queries.calendar_of(db.session(), organization_id, now.date() - BACK):
        found.add_component(_event(delivery, organization_id, now))
    headers = {"Cache-Control": "private, max-age=900"}
    return Response(found.to_ical(), mimetype="text/calendar", headers=headers)


def _event(delivery: Delivery, organization_id: int, now: dt.datetime) -> Event:
    agreement = delivery.agreement
    other = agreement.organization if organization_id == agreement.buyer_id else agreement.buyer
    product = product_name(agreement.need.product)
    event = Event()
    event.add("uid", f"delivery-{delivery.id}@alianza")
    event.add("dtstamp", now)
    event.add("dtstart", delivery.starts_on)
    # An event of whole days ends on the morning after.
    event.add("dtend", delivery.ends_on + dt.timedelta(days=1))
    event.add("summary", f"{kilograms(delivery.planned_kg)} {product}: {other.legal_name}")
    event.add("description", _("State: %(state)s", state=label(delivery.state, "delivery_state")))
    return event


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="delivery calendar")
