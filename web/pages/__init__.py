"""The pages, a folder per subject: views, and templates beside them."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

SUBJECTS = (
    "home",
    "accounts",
    "organizations",
    "unions",
    "mandates",
    "readiness",
    "prices",
    "needs",
    "capacities",
    "desk",
    "market",
    "runs",
    "learning",
    "suggestions",
    "agreements",
    "deliveries",
    "alliance",
    "clauses",
    "messages",
    "shared",
    "help",
)


def register(app: Flask) -> None:
    """Bind every subject's blueprint."""
    for subject in SUBJECTS:
        app.register_blueprint(import_module(f"web.pages.{subject}.views").bp)
