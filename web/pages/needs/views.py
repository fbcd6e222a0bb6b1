"""Skeleton of the routes; the pages follow."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from web.security import access

bp = Blueprint("needs", __name__, template_folder="templates", url_prefix="/needs")


@bp.get("")
@access("public")
def browse() -> ResponseReturnValue:
    return "needs"


@bp.get("/mine")
@access("user")
def mine() -> ResponseReturnValue:
    return "needs"


@bp.get("/<int:need_id>")
@access("public")
def show(need_id: int) -> ResponseReturnValue:
    return "needs"


@bp.route("/new", methods=["GET", "POST"])
@access("user")
def new() -> ResponseReturnValue:
    return "needs"


@bp.route("/<int:need_id>/edit", methods=["GET", "POST"])
@access("user")
def edit(need_id: int) -> ResponseReturnValue:
    return "needs"


@bp.post("/<int:need_id>/<action>")
@access("user")
def action(need_id: int, action: str) -> ResponseReturnValue:
    return "needs"


@bp.route("/import", methods=["GET", "POST"])
@access("user")
def import_file() -> ResponseReturnValue:
    return "needs"


@bp.post("/import/<token>/confirm")
@access("user")
def import_confirm(token: str) -> ResponseReturnValue:
    return "needs"


@bp.get("/import/<token>/bad-rows.<format>")
@access("user")
def bad_rows(token: str, format: str) -> ResponseReturnValue:
    return "needs"


@bp.get("/export.<format>")
@access("user")
def export(format: str) -> ResponseReturnValue:
    return "needs"
