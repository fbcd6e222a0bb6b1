"""The pages of deliveries and payments."""

from __future__ import annotations

from flask import Blueprint

from web.security import PRODUCERS

bp = Blueprint("deliveries", __name__, template_folder="templates", url_prefix="/deliveries")
PARTIES = ("broker", "buyer", *PRODUCERS)
DOERS = ("buyer", *PRODUCERS)
