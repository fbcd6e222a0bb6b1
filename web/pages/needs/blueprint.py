"""The blueprint of the needs, and the words that its templates ask for."""

from __future__ import annotations

from flask import Blueprint

from web.pages.listings import words, worth_words

bp = Blueprint("needs", __name__, template_folder="templates", url_prefix="/needs")
bp.record_once(lambda state: words.register(state.app))
bp.record_once(lambda state: worth_words.register(state.app))
