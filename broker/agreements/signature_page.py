"""The signature page that follows the text of a version, and the PDF that both make.

It is no part of what the version hashes: it says who signed that hash, or leaves the lines for signing on paper.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from broker.agreements.clause_library import house_library
from broker.agreements.formatting import Speech, date, locale_for
from broker.agreements.freezing import draft_of, facts_of
from broker.agreements.models import AgreementVersion, Signature
from broker.agreements.signing import representative_of
from broker.catalogue import countries
from broker.documents.content import Cell, Column, Document, Paragraph, Row, Section, Table, Text
from broker.documents.pdf import render_pdf


@dataclass(frozen=True)
class Signed:
    """One signature as the page tells it; `scan` is the SHA-256 of the copy of a paper signature."""

    side: str
    method: str
    user: str
    moment: dt.datetime
    address: str
    signed_on: dt.date
    scan: str = ""


def signed_of(signature: Signature, scan_sha256: str = "") -> Signed:
    """The stored signature, with the hash of its scan where it has one."""
    return Signed(
        signature.side,
        signature.method,
        signature.account,
        signature.signed_at,
        signature.address,
        signature.signed_on,
        scan_sha256,
    )


def pdf_of(
    version: AgreementVersion, language: str, signatures: Sequence[Signed], *, with_page: bool
) -> bytes:
    """The PDF of a version in a language: the same bytes every time. `with_page` adds the signature page; with both
    signatures the notice at the top says so."""
    document = draft_of(version, language).document
    if with_page:
        document = with_signatures(version, language, signatures)
    complete = {one.side for one in signatures} == {"buyer", "producer"}
    note = house_library().vocabulary["label"]["signed_notice"][language] if complete and with_page else None
    return render_pdf(document, note=note, name=name_of(version.sha256, language), digest=version.sha256)


def name_of(sha256: str, language: str) -> str:
    """What a PDF is called in its own keywords."""
    return f"alianza:{sha256}:{language}"


def with_signatures(version: AgreementVersion, language: str, signatures: Sequence[Signed]) -> Document:
    """The text of a version followed by its signature page."""
    facts = facts_of(version)
    speech = Speech(
        language, locale_for(language, facts.organization.country), facts, house_library().vocabulary
    )

    def label(code: str) -> str:
        return speech.word("label", code)

    intro = label("signatures_intro").format(number=version.number, sha256=version.sha256)
    columns = tuple(
        Column(label(code), weight=weight)
        for code, weight in (("signs_for", 3), ("signer", 2), ("authority", 2), ("signature", 5))
    )
    by_side = {one.side: one for one in signatures}
    zone = ZoneInfo(countries.get(facts.organization.country).time_zone)
    rows = []
    for side, party in (("buyer", facts.buyer), ("producer", facts.organization)):
        name, authority = representative_of(version, side)
        how = _how(speech, by_side[side], zone) if side in by_side else label("signature_line")
        rows.append(
            Row(tuple(Cell((Text(text),)) for text in (party.legal_name, name or "–", authority or "–", how)))
        )
    section = Section(
        "signatures",
        "annex",
        label("signatures"),
        blocks=(Paragraph((Text(intro),)), Table("", columns, tuple(rows))),
    )
    document = draft_of(version, language).document
    return replace(document, sections=(*document.sections, section))


def _how(speech: Speech, signed: Signed, zone: ZoneInfo) -> str:
    local = signed.moment.astimezone(zone)
    moment = f"{date(speech, local.date())}, {local:%H:%M} ({zone.key})"
    text = speech.word("label", f"signed_{signed.method}")
    # In groups, so that a line can end inside it.
    scan = " ".join(signed.scan[at : at + 16] for at in range(0, len(signed.scan), 16))
    day = date(speech, signed.signed_on)
    return text.format(user=signed.user, moment=moment, address=signed.address, scan=scan, day=day)
