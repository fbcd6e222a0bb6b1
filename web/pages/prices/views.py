"""Quotations and exchange rates: what index clauses and other currencies are reckoned with, each with its day and
source. A broker house enters its own, which count for its own market only; nothing is fetched and nothing is
forecast."""

from __future__ import annotations

import datetime as dt
from typing import TypeVar

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from broker.catalogue import products
from broker.errors import RuleBroken
from broker.listings.reader import Reader
from broker.money import MINOR_DIGITS
from broker.prices.market import ANYWHERE, market_units
from broker.prices.models import ExchangeRate, PricePoint
from broker.prices.quotes import INDEX_UNIT, enter_quote, enter_rate, readable
from web import i18n
from web.extensions import db
from web.i18n import decimal_separator, unit_name
from web.rendering import page, writing
from web.security import access, actor
from web.wording import message

bp = Blueprint("prices", __name__, template_folder="templates", url_prefix="/prices")
SHOWN = 50
_Value = TypeVar("_Value")


@bp.get("")
@access("broker")
def listing() -> ResponseReturnValue:
    """The last quotations and rates, and a form for each."""
    return _page({}, {})


@bp.post("/quotes")
@access("broker")
def quote() -> ResponseReturnValue:
    """Enter a quotation; the same series on the same day is corrected."""
    reader = Reader(request.form.to_dict(), decimal_separator=decimal_separator())
    series, unit = reader.text("series", required=True), reader.choice("unit", _units())
    value, day = reader.decimal("value", required=True, above=0), _day(reader, "quoted_on")
    source = reader.text("source", required=True)
    product = reader.choice("product", [one.code for one in products.all()], default="") or None
    if errors := _errors(reader):
        return _page(request.form.to_dict(), errors, 422)
    try:
        with writing() as tx:
            enter_quote(tx, series, _sure(value), unit, _sure(day), source, product)
    except RuleBroken as fault:
        return _page(request.form.to_dict(), {fault.field or "": message(fault)}, 422)
    flash(_("The quotation is entered. Compute again to use it."), "ok")
    return redirect(url_for("prices.listing"), 303)


@bp.post("/rates")
@access("broker")
def rate() -> ResponseReturnValue:
    """Enter an exchange rate; the same currency on the same day is corrected."""
    reader = Reader(request.form.to_dict(), decimal_separator=decimal_separator())
    currency = reader.choice("currency", _currencies())
    per_usd, day = reader.decimal("per_usd", required=True, above=0), _day(reader, "rate_on")
    source = reader.text("rate_source", required=True)
    if errors := _errors(reader):
        return _page(request.form.to_dict(), errors, 422)
    with writing() as tx:
        enter_rate(tx, currency, _sure(per_usd), _sure(day), source)
    flash(_("The rate is entered. Compute again to use it."), "ok")
    return redirect(url_for("prices.listing"), 303)


def _day(reader: Reader, name: str) -> dt.date | None:
    day = reader.date(name, required=True)
    if day is not None and day > i18n.today():
        reader.faults.add("date_in_future", name)
    return day


def _errors(reader: Reader) -> dict[str, str]:
    return {fault.field or "": message(fault) for fault in reader.faults.found}


def _sure(value: _Value | None) -> _Value:
    assert value is not None  # the reader has noted a fault for whatever is missing
    return value


def _currencies() -> list[str]:
    return sorted(code for code in MINOR_DIGITS if code != "USD")


def _units() -> list[str]:
    """In what an index is quoted, and in what the market quotes a product."""
    return [INDEX_UNIT, *market_units(db.session(), actor().clients)]


def _unit_words(unit: str) -> str:
    """As it stands behind a price: ¢/lb, COP/kg, HNL/quintal (100 lb)."""
    if unit == INDEX_UNIT:
        return "¢/lb"
    currency, _slash, code = unit.partition("/")
    return f"{currency}/{code if code in ANYWHERE else unit_name(code)}"


def _page(values: dict[str, str], errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    today = i18n.today().isoformat()
    house = actor().organization_id
    points = select(PricePoint).where(readable(PricePoint, house)).order_by(PricePoint.quoted_on.desc())
    rates = select(ExchangeRate).where(readable(ExchangeRate, house)).order_by(ExchangeRate.quoted_on.desc())
    return page(
        "prices/listing.html",
        status=status,
        points=db.session.scalars(points.order_by(PricePoint.id.desc()).limit(SHOWN)).all(),
        rates=db.session.scalars(rates.order_by(ExchangeRate.id.desc()).limit(SHOWN)).all(),
        units=[
            (INDEX_UNIT, _("¢/lb (US cents per pound)")),
            *((unit, _unit_words(unit)) for unit in _units()[1:]),
        ],
        unit_words=_unit_words,
        currencies=[(code, code) for code in _currencies()],
        values={"quoted_on": today, "rate_on": today} | values,
        errors=errors,
    )
