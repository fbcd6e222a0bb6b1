"""Links to a need or a capacity for people without an account: making them, ending them, and the page they open."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from urllib.parse import quote

from flask import Blueprint, abort, current_app, flash, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broker.errors import Invalid, RuleBroken
from broker.listings import sharing
from broker.listings.models import Need
from broker.listings.sharing import ShareLink, Wanted
from web.extensions import db
from web.pages.listings.words import mass, quantity_words, title_of
from web.pages.messages.views import site
from web.rendering import page, writing
from web.row_ids import row_id
from web.security import PRODUCERS, access, actor, person
from web.throttle import Throttle
from web.wording import sentences

bp = Blueprint("shared", __name__, template_folder="templates")

# Number and token of the link that was made last: the address can be shown to its maker only now.
JUST_MADE = "shared"
TOKEN_LENGTH = 22
# A village may stand behind one address; a program that tries tokens is soon above it.
OPENINGS_A_MINUTE = 120


@bp.get("/s/<token>")
@access("public")
def show(token: str) -> ResponseReturnValue:
    """What the link shows, to anybody; 410 once it is over, 429 for an address that opens too many in a minute."""
    now = current_app.config["CLOCK"]()
    openings = current_app.extensions.setdefault("link_openings", Throttle(OPENINGS_A_MINUTE, 60))
    if not openings.allows(request.remote_addr or "", now):
        abort(429)
    link = sharing.link_by_token(db.session(), token)
    state = link.state(now)
    if state != "good":
        kind = "needs" if link.need is not None else "capacities"
        return _unlisted(page("shared/over.html", status=410, state=state, link=link, kind=kind))
    if sharing.counts_now(link, now):
        with writing() as tx:
            sharing.note_opening(tx, link.id)
    template = "shared/need.html" if link.need is not None else "shared/capacity.html"
    return _unlisted(page(template, link=link, listing=link.listing))


@bp.get("/shares")
@access("user")
def listing() -> ResponseReturnValue:
    """The organization's links with how often each was opened; one that was just made with its address."""
    found = sharing.links_of(db.session(), actor())
    made, address = _just_made(found)
    return page(
        "shared/listing.html", links=found, made=made, address=address,
        whatsapp=_whatsapp(made, address) if made else "",
    )  # fmt: skip


@bp.route("/shares/need/<int:need_id>", methods=["GET", "POST"])
@access("buyer", "broker")
def need(need_id: int) -> ResponseReturnValue:
    """Choose how long a link to a need is good and whether it shows the price, and make it."""
    return _asked(_wanted(need_id=need_id))


@bp.route("/shares/capacity/<int:capacity_id>", methods=["GET", "POST"])
@access("broker", *PRODUCERS)
def capacity(capacity_id: int) -> ResponseReturnValue:
    """The same for a capacity, which never shows a price."""
    return _asked(_wanted(capacity_id=capacity_id))


@bp.post("/shares/<int:link_id>/revoke")
@access("user")
def revoke(link_id: int) -> ResponseReturnValue:
    """End a link before its time."""
    with writing() as tx:
        sharing.revoke(tx, link_id)
    flash(_("The link no longer opens."), "ok")
    return redirect(url_for("shared.listing"), 303)


def _asked(wanted: Wanted) -> ResponseReturnValue:
    if request.method == "GET":
        return _new_page(wanted, {"days": "7"}, {})
    try:
        token = _token(request.form.get("request_key", ""))
        with writing() as tx:
            link = sharing.share(tx, wanted, token)
    except (Invalid, RuleBroken) as error:
        return _new_page(wanted, request.form.to_dict(), sentences(error))
    session[JUST_MADE] = [link.id, token]
    return redirect(url_for("shared.listing", made=link.id), 303)


def _new_page(wanted: Wanted, values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    found = sharing.shareable(db.session(), actor(), wanted)
    return page(
        "shared/new.html", status=422 if errors else 200, listing=found, is_need=isinstance(found, Need),
        days=sharing.DAYS, values=values, errors=errors,
    )  # fmt: skip


def _wanted(*, need_id: int | None = None, capacity_id: int | None = None) -> Wanted:
    return Wanted(
        days=request.form.get("days", type=row_id),
        need_id=need_id,
        capacity_id=capacity_id,
        with_price=request.form.get("with_price") == "1",
    )


def _token(request_key: str) -> str:
    """Random as the key of the form is, and the same when the form is sent twice; nobody can compute it from the key
    alone."""
    request_key = request_key or uuid.uuid4().hex
    secret = f"share link {current_app.config['SECRET_KEY']}".encode()
    digest = hmac.digest(secret, f"{person().id} {request_key}".encode(), hashlib.sha256)
    return urlsafe_b64encode(digest).decode()[:TOKEN_LENGTH]


def _just_made(links: Sequence[ShareLink]) -> tuple[ShareLink | None, str]:
    number, token = session.get(JUST_MADE, (0, ""))
    if request.args.get("made", type=row_id) != number:
        return None, ""
    made = next((link for link in links if link.id == number), None)
    return made, site() + url_for("shared.show", token=token) if made else ""


def _whatsapp(link: ShareLink, address: str) -> str:
    """WhatsApp's own address, which opens it with the words in place and asks to whom."""
    listing = link.listing
    if isinstance(listing, Need):
        said = _("We look for %(what)s, %(quantity)s, delivered in %(place)s:")
        words = {
            "what": title_of(listing),
            "quantity": quantity_words(listing),
            "place": listing.municipality,
        }
    else:
        said = _("We offer %(what)s, %(quantity)s a year, from %(place)s:")
        yearly = mass(listing.volume_kg_year - listing.elsewhere_kg_year)
        words = {"what": title_of(listing), "quantity": yearly, "place": listing.municipality}
    return f"https://wa.me/?text={quote(f'{said % words} {address}')}"


def _unlisted(answer: ResponseReturnValue) -> ResponseReturnValue:
    """Search engines are told twice, in the page and here; no cache keeps what may be revoked."""
    response = make_response(answer)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store"
    return response
