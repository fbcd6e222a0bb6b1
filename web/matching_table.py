"""`alianza match`: two spreadsheets in; a table, plan.json and draft agreements out."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

import broker.models  # noqa: F401  (the entities refer to each other by name)
from broker.catalogue import countries
from broker.clock import local_date, system_clock
from broker.demo.quotes import demonstration_rates, demonstration_series
from broker.errors import RuleBroken
from broker.listings.spreadsheets import Bad, Kind, Sheet, read_rows
from broker.matchmaking.compute import Outcome
from broker.matchmaking.standalone import SheetMarket, match_market, read_market
from broker.matchmaking.standalone.quotes import FaultyRows, read_rates, read_series
from broker.numerals import Separator
from broker.prices.quotes import Quotes
from matching.policy import Policy
from web.i18n import HOME
from web.matching_plan import plan_of, write_plan
from web.offline import speaking
from web.plan_table import Style, lines_of
from web.wording import message

FINE, SOME_ROWS_LEFT_OUT, UNUSABLE = 0, 1, 2
"""Exit codes."""
SEED = 0
FAULTS: dict[tuple[str, str | None], Any] = {
    ("volume_zero", "quantity"): _l(
        "Say what can be delivered: quantity, unit and period, or area, yield, grade share and delivery share."
    ),
    ("choice_unknown", "certificates"): _l(
        "Neither file names “%(value)s”. Write the id of a row, or the name of a buyer, a union or an organization."
    ),
    ("choice_unknown", "readiness"): _l(
        "Another row of this organization says %(value)s. Write the same readiness in both."
    ),
    ("rate_missing", "currency"): _l(
        "There is no exchange rate for %(currency)s. Give it in the file of --rates."
    ),
    ("id_twice", "id"): _l("The id “%(id)s” stands already on line %(line)s. Give every row its own."),
    ("more_cells_than_columns", None): _l(
        "This row has %(cells)s cells, but there are %(columns)s columns. Put quotation marks around a text or"
        " number with a comma."
    ),
    ("encoding_unknown", None): _l(
        "The letters of the file are not Unicode (line %(line)s). Save it as “CSV UTF-8” or as XLSX, or say"
        " --encoding cp1252."
    ),
}
"""By code and field: what only files can get wrong, or mend in another way than a page; all others as there."""


class Unusable(Exception):
    """A file that cannot be used at all; the text says why and how to mend it."""


def match_files(
    needs: Path,
    capacities: Path,
    out: Path,
    draft: Path | None = None,
    *,
    language: str = "es",
    decimal: Separator = ".",
    explain: bool = False,
    rates: Path | None = None,
    quotes: Path | None = None,
    encoding: str | None = None,
) -> int:
    """Match two files; the table goes to standard output, faults to standard error. The exit code: 0 when every
    row was used, 1 when some rows were left out, 2 when a file could not be used (nothing is written then)."""
    now = system_clock()
    with speaking(language):
        try:
            _check_encoding(encoding)
            known = _quotes(rates, quotes, decimal, encoding)
            sheets = [_sheet(path, encoding) for path in (needs, capacities)]
            market = _market(sheets, (needs, capacities), decimal, known)
            outcome = match_market(market.inputs, Policy(), seed=SEED)
            write_plan(plan_of(market, outcome, Policy(), SEED), out)
            # Everything is written before the table is printed, whose reader may stop reading.
            drafts = 0 if draft is None else _write_drafts(market, outcome, draft, language, now)
            for line in lines_of(market, outcome, _style(), explain=explain):
                click.echo(line)
            _tell_quotes(rates, quotes)
            click.echo(_("The plan is in %(path)s.", path=out))
            if draft is not None:
                _tell_drafts(drafts, draft)
        except Unusable as fault:
            click.echo(str(fault), err=True)
            return UNUSABLE
        except BrokenPipeError:
            raise
        except OSError as fault:
            click.echo(f"{fault.filename}: {fault.strerror}", err=True)
            return UNUSABLE
    return SOME_ROWS_LEFT_OUT if any(market.bad.values()) else FINE


def _check_encoding(encoding: str | None) -> None:
    """Raises Unusable for a name that no text is written in."""
    try:
        "".encode(encoding or "utf-8")
    except LookupError:
        raise Unusable(
            _(
                "There is no encoding “%(name)s”. Usual ones are utf-8, utf-16, cp1252 and latin-1.",
                name=encoding,
            )
        ) from None


def _sheet(path: Path, encoding: str | None) -> Sheet:
    try:
        return read_rows(path.read_bytes(), path.name, encoding)
    except RuleBroken as fault:
        raise Unusable(f"{path}: {_sentence(fault)}") from None


def _quotes(rates: Path | None, quotes: Path | None, decimal: Separator, encoding: str | None) -> Quotes:
    path = rates
    try:
        per_usd = read_rates(_sheet(rates, encoding), decimal) if rates else demonstration_rates()
        path = quotes
        series = read_series(_sheet(quotes, encoding), decimal) if quotes else demonstration_series()
    except RuleBroken as fault:
        raise Unusable(f"{path}: {_sentence(fault)}") from None
    except FaultyRows as faulty:
        raise Unusable("\n".join(_row_lines(path, faulty.bad, {}))) from None
    return Quotes(per_usd, series)


def _market(
    sheets: Sequence[Sheet], paths: Sequence[Path], decimal: Separator, quotes: Quotes
) -> SheetMarket:
    path_of: dict[Kind, Path] = {"needs": paths[0], "capacities": paths[1]}
    try:
        market = read_market(
            sheets[0], sheets[1], decimal, quotes, local_date(system_clock(), countries.get(HOME).time_zone)
        )
    except RuleBroken as fault:
        raise Unusable(f"{path_of[fault.params['sheet']]}: {_sentence(fault)}") from None
    for kind, path in path_of.items():
        for line in _row_lines(path, market.bad[kind], market.words[kind]):
            click.echo(line, err=True)
        if market.unknown[kind]:
            columns = ", ".join(market.unknown[kind])
            click.echo(
                _("%(file)s: columns that nobody reads: %(columns)s.", file=path, columns=columns), err=True
            )
    for kind, rows in (("needs", market.inputs.needs), ("capacities", market.inputs.capacities)):
        if not rows:
            raise Unusable(_("%(file)s: not one row can be used.", file=path_of[kind]))
    left_out = sum(map(len, market.bad.values()))
    if left_out:
        click.echo(ngettext("%(num)d row left out.", "%(num)d rows left out.", left_out), err=True)
    return market


def _row_lines(path: Path | None, bad: Sequence[Bad], words: Mapping[str, str]) -> list[str]:
    told = []
    for row in bad:
        for fault in row.faults:
            column, sentence = _column(fault, words), _sentence(fault)
            told.append(
                _("%(file)s, line %(line)s%(column)s: %(fault)s", file=path, line=row.line, column=column,
                  fault=sentence)
            )  # fmt: skip
    return told


def _column(fault: RuleBroken, words: Mapping[str, str]) -> str:
    if not fault.field:
        return ""
    return _(", column “%(column)s”", column=words.get(fault.field, fault.field))


def _sentence(fault: RuleBroken) -> str:
    own = FAULTS.get((fault.code, fault.field))
    return message(fault) if own is None else str(own) % fault.params


def _tell_quotes(rates: Path | None, quotes: Path | None) -> None:
    if rates is None:
        told = ", ".join(f"{currency} {value}" for currency, value in demonstration_rates().items())
        click.echo(
            _(
                "Exchange rates are demonstration values, per US dollar: %(rates)s. Give yours with --rates.",
                rates=told,
            )
        )
    if quotes is None:
        told = ", ".join(f"{q.series} {q.value} ¢/lb" for q in demonstration_series().values())
        click.echo(
            _("Quotations are demonstration values: %(quotes)s. Give yours with --quotes.", quotes=told)
        )


def _write_drafts(
    market: SheetMarket, outcome: Outcome, folder: Path, language: str, now: dt.datetime
) -> int:
    # Imported here: without drafts nobody waits for the typesetter.
    from web.match_drafts import write_drafts

    return sum(1 for _path in write_drafts(market, outcome, folder, language, now))


def _tell_drafts(count: int, folder: Path) -> None:
    click.echo(
        ngettext(
            "%(num)d draft agreement in %(folder)s.",
            "%(num)d draft agreements in %(folder)s.",
            count,
            folder=folder,
        )
    )


def _style() -> Style:
    width = shutil.get_terminal_size((100, 24)).columns
    try:
        "█░─…".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return Style(width, "#", ".", "-")
    return Style(width)
