"""Skeleton of the routes; the pages follow."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from web.security import access

bp = Blueprint("capacities", __name__, template_folder="templates", url_prefix="/capacities")


@bp.get("")
@access("public")
def browse() -> ResponseReturnValue:
    return "capacities"


@bp.get("/mine")
@access("user")
def mine() -> ResponseReturnValue:
    return "capacities"


@bp.get("/<int:capacity_id>")
@access("public")
def show(capacity_id: int) -> ResponseReturnValue:
    return "capacities"


@bp.route("/new", methods=["GET", "POST"])
@access("user")
def new() -> ResponseReturnValue:
    return "capacities"


@bp.route("/<int:capacity_id>/edit", methods=["GET", "POST"])
@access("user")
def edit(capacity_id: int) -> ResponseReturnValue:
    return "capacities"


@bp.post("/<int:capacity_id>/<action>")
@access("user")
def action(capacity_id: int, action: str) -> ResponseReturnValue:
    return "capacities"


@bp.route("/import", methods=["GET", "POST"])
@access("user")
def import_file() -> ResponseReturnValue:
    return "capacities"


@bp.post("/import/<token>/confirm")
@access("user")
def import_confirm(token: str) -> ResponseReturnValue:
    return "capacities"


@bp.get("/import/<token>/bad-rows.<format>")
@access("user")
def bad_rows(token: str, format: str) -> ResponseReturnValue:
    return "capacities"


@bp.get("/export.<format>")
@access("user")
def export(format: str) -> ResponseReturnValue:
    return "capacities"
