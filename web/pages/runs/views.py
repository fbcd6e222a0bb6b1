"""Matching runs: start, watch, cancel."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from broker.matchmaking import queries, runs
from web.extensions import db
from web.rendering import page, writing
from web.security import access, actor

bp = Blueprint("runs", __name__, template_folder="templates", url_prefix="/runs")


@bp.get("")
@access("broker")
def listing() -> ResponseReturnValue:
    """The broker's runs, newest first."""
    return page("runs/listing.html", runs=queries.runs_of(db.session(), actor()))


@bp.post("")
@access("broker")
def start() -> ResponseReturnValue:
    """Order a run over the market of the clients."""
    with writing() as tx:
        run = runs.start(tx)
    return redirect(url_for("runs.show", run_id=run.id), 303)


@bp.get("/<int:run_id>")
@access("broker")
def show(run_id: int) -> ResponseReturnValue:
    """One run and how far it is; asks for itself again while it is under way."""
    run = queries.run_of(db.session(), actor(), run_id)
    results = queries.results_of(db.session(), run) if run.state == "done" else []
    left_out = queries.left_out_of(db.session(), run)
    return page("runs/show.html", fragment="runs/_progress.html", run=run, results=results, left_out=left_out)


@bp.post("/<int:run_id>/cancel")
@access("broker")
def cancel(run_id: int) -> ResponseReturnValue:
    """Ask a run to stop."""
    with writing() as tx:
        need_id = runs.cancel(tx, run_id).need_id
    if need_id is not None:
        return redirect(url_for("desk.ask", need_id=need_id), 303)
    return redirect(url_for("runs.show", run_id=run_id), 303)
