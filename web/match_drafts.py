"""One draft agreement as PDF for each accepted pair of a matching of files."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from broker.agreements.assembly import assemble
from broker.agreements.facts import DraftFacts, Party
from broker.agreements.gather import Deal, gather
from broker.catalogue import countries
from broker.catalogue.wording import key
from broker.clock import local_date
from broker.documents.pdf import render_pdf
from broker.matchmaking.compute import Outcome
from broker.matchmaking.findings import NeedFinding, PairFinding
from broker.matchmaking.standalone import SheetMarket
from broker.parties.models import Certificate

LONGEST = 60


def write_drafts(
    market: SheetMarket, outcome: Outcome, folder: Path, language: str, now: dt.datetime
) -> Iterator[Path]:
    """Write the drafts into the folder, made where it is missing, and give each path. They bear the day it is at the
    buyer's. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    taken: set[str] = set()
    for finding in outcome.needs:
        for pair in finding.pairs:
            if pair.kind != "chosen":
                continue
            name = _free_name(pair, taken)
            path = folder / f"{name}.pdf"
            path.write_bytes(render_pdf(assemble(_facts(market, finding, pair, now), language).document))
            yield path


def _facts(market: SheetMarket, finding: NeedFinding, pair: PairFinding, now: dt.datetime) -> DraftFacts:
    assert pair.proposed is not None
    need, capacity = pair.need, pair.capacity
    deal = Deal(
        deliveries=[
            (p.start, p.end, kg) for p, kg in zip(finding.periods, pair.periods, strict=True) if kg > 0
        ],
        price=pair.proposed,
        freight=pair.freight,
        joint_covered_pct=finding.covered_pct,
        reference=f"{need.reference}-{capacity.reference}",
    )
    held = market.inputs.certificates.get(capacity.organization_id, ())
    facts = gather(
        deal,
        need,
        capacity,
        need.buyer,
        capacity.organization,
        today=local_date(now, countries.get(need.buyer.country).time_zone),
        certificates=[_undated(certificate) for certificate in held],
        holders={certificate.holder_id: certificate.holder for certificate in held},
    )
    return replace(
        facts,
        buyer=_place_asked(facts.buyer),
        organization=_place_asked(facts.organization),
        delivery=replace(facts.delivery, place=facts.delivery.place or None),
    )


def _place_asked(party: Party) -> Party:
    """A place that the sheets do not name is a question, not an empty word."""
    return replace(party, place=party.place or None)


def _undated(certificate: Certificate) -> Certificate:
    """A sheet does not say until when a certificate is valid, so the draft must ask."""
    return Certificate(
        scheme=certificate.scheme,
        holder_id=certificate.holder_id,
        covers_id=certificate.covers_id,
        product=certificate.product,
        valid_from=certificate.valid_from,
        valid_to=None,  # type: ignore[arg-type]  # never stored: the draft shows an open point
    )


def _free_name(pair: PairFinding, taken: set[str]) -> str:
    """need-organization; the capacity's id follows where an organization supplies a need twice."""
    name = _slug(pair.need.reference, pair.capacity.organization.legal_name)
    if name in taken:
        name = _slug(name, pair.capacity.reference)
    taken.add(name)
    return name


def _slug(*parts: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", key("-".join(parts)))
    return words.strip("-")[:LONGEST].strip("-")
