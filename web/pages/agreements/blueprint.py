"""The pages of agreements, from the draft to the signature."""

from __future__ import annotations

from flask import Blueprint, request

from web.i18n import LANGUAGES, language
from web.security import PRODUCERS

bp = Blueprint("agreements", __name__, template_folder="templates", url_prefix="/agreements")
PARTIES = ("broker", "buyer", *PRODUCERS)


def wanted_language() -> str:
    """The language in which the text of an agreement is read: asked for in the address, else the reader's."""
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else language()


def digest() -> str:
    """The hash of the version that a form was made from."""
    return request.form.get("sha256", "")[:64]
