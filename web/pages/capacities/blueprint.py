"""The blueprint of the capacities."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("capacities", __name__, template_folder="templates", url_prefix="/capacities")
