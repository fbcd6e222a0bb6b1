"""The clauses of a broker house: what the library says, and what the house says in its place or besides."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broker.agreements import house_clauses
from broker.agreements.clause_library import house_library
from broker.agreements.formatting import pick
from broker.agreements.house_models import HouseClause
from broker.catalogue import countries, products
from broker.errors import Conflict, Invalid, NotFound, RuleBroken
from broker.parties.permissions import require_manager
from web.extensions import db
from web.i18n import language
from web.pages.clauses.library_rows import rows_of
from web.rendering import page, writing
from web.row_ids import row_id
from web.security import access, actor
from web.wording import message, sentences

bp = Blueprint("clauses", __name__, template_folder="templates", url_prefix="/clauses")
NEW = "new"


@bp.get("")
@access("broker")
def listing() -> ResponseReturnValue:
    """Every clause by the part it belongs to, with what the house has written."""
    rows = rows_of(db.session(), actor().organization_id or 0, language())
    return page("clauses/listing.html", rows=rows, parts=_parts(), is_manager=actor().role == "manager")


@bp.route("/<stem>", methods=["GET", "POST"])
@access("broker")
def edit(stem: str) -> ResponseReturnValue:
    """One clause as a form: what is saved is the house's next version of it. `new` begins one of its own."""
    versions = house_clauses.versions_of(db.session(), actor().organization_id or 0, stem)
    if stem != NEW and not versions and stem not in house_clauses.texts():
        raise NotFound("not_found")
    if request.method == "GET":
        return _form(stem, versions, _stored(stem, versions), {})
    require_manager(actor(), actor().organization_id or 0)
    try:
        with writing() as tx:
            written = house_clauses.write(tx, _typed(stem), request.form.get("base", 0, type=row_id))
    except (Invalid, RuleBroken) as fault:
        return _form(stem, versions, request.form, sentences(fault), 422)
    except Conflict as conflict:
        db.session.rollback()
        versions = house_clauses.versions_of(db.session(), actor().organization_id or 0, stem)
        return _form(stem, versions, request.form, {}, 409, message(conflict))
    flash(_("Saved. What you draft from now on says it so."), "ok")
    return redirect(url_for("clauses.edit", stem=written.stem), 303)


@bp.post("/<stem>/retire")
@access("broker")
def retire(stem: str) -> ResponseReturnValue:
    """Use the house's version no longer."""
    with writing() as tx:
        house_clauses.retire(tx, stem)
    flash(_("It is not used any more in what you draft from now on."), "ok")
    return redirect(url_for("clauses.listing"), 303)


def _typed(stem: str) -> house_clauses.Written:
    form = request.form
    return house_clauses.Written(
        stem="" if stem == NEW else stem,
        part=int(form["part"]) if form.get("part", "") in "123456" and form.get("part") else 0,
        title_es=form.get("title_es", ""),
        title_en=form.get("title_en", ""),
        text_es=form.get("text_es", ""),
        text_en=form.get("text_en", ""),
        products=tuple(dict.fromkeys(form.getlist("products"))),
        countries=tuple(dict.fromkeys(form.getlist("countries"))),
    )


def _stored(stem: str, versions: list[HouseClause]) -> dict[str, object]:
    """What the form holds at first: the house's last version, else the words of the library."""
    if versions:
        last = versions[0]
        names = ("title_es", "title_en", "text_es", "text_en", "products", "countries")
        return {name: getattr(last, name) for name in names} | {"part": str(last.part)}
    return house_clauses.texts()[stem] if stem != NEW else {}


def _form(
    stem: str,
    versions: list[HouseClause],
    values: Mapping[str, object],
    errors: dict[str, str],
    status: int = 200,
    conflict: str = "",
) -> ResponseReturnValue:
    live = versions[0] if versions and versions[0].retired_at is None else None
    picked = {
        name: request.form.getlist(name) if request.method == "POST" else values.get(name, ())
        for name in ("products", "countries")
    }
    return page(
        "clauses/edit.html",
        status=status,
        stem=stem,
        live=live,
        versions=versions,
        values=values,
        picked=picked,
        errors=errors,
        conflict=conflict,
        title=_title(stem, versions),
        parts=_parts(),
        is_new=stem == NEW,
        is_own=stem == NEW or stem.startswith(house_clauses.OWN),
        is_manager=actor().role == "manager",
        names=_names(stem),
        products=[(one.code, one.name(language())) for one in products.all()],
        countries=[(one.code, one.name(language())) for one in countries.all()],
    )


def _title(stem: str, versions: list[HouseClause]) -> str:
    if versions:
        return versions[0].title_es if language() == "es" else versions[0].title_en
    return (
        _("A clause of our own") if stem == NEW else str(house_clauses.texts()[stem][f"title_{language()}"])
    )


def _parts() -> list[tuple[str, str]]:
    words = house_library().vocabulary["part"]
    return [(str(part), pick(words[str(part)], language())) for part in house_clauses.PARTS]


def _names(stem: str) -> list[tuple[str, str]]:
    """The marks that a text may use, each with what it stands for."""
    known = house_clauses.known_data("" if stem == NEW else stem)
    found = [(name, pick(one.question, language()) if one.question else "") for name, one in known.items()]
    return sorted(found, key=lambda pair: (not pair[1], pair[0]))
