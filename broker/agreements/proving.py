"""Proof that a file is the PDF of a version, and that stored versions are as they were signed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, undefer

from broker.agreements.freezing import is_intact
from broker.agreements.models import Agreement, AgreementVersion, Signature
from broker.agreements.signature_page import Signed, pdf_of, signed_of
from broker.documents.attachments import Attachment

_NAME = re.compile(rb"alianza:([0-9a-f]{64}):(es|en)")


@dataclass(frozen=True)
class Proof:
    """What a file is. `verdict`: proven (byte for byte the PDF of a version), altered (it names the version but is not
    what the version makes), damaged (the stored version no longer has its hash) or unknown."""

    verdict: str
    agreement_id: int | None = None
    number: int | None = None
    sha256: str = ""
    language: str = ""
    signatures: tuple[Signed, ...] = ()


def prove(session: Session, data: bytes) -> Proof:
    """Whether the file is the PDF of a stored version, which is made again and compared byte for byte."""
    found = _NAME.search(data)
    version = None if found is None else _version(session, found[1].decode())
    if found is None or version is None:
        return Proof("unknown")
    language = found[2].decode()
    named = Proof("altered", version.agreement_id, version.number, version.sha256, language)
    if not is_intact(version):
        return Proof("damaged", *_fields(named))
    signatures = signatures_of(session, version)
    # A copy may have been taken before the page of signatures, or between the two of them.
    for count in range(len(signatures), -1, -1):
        if data == pdf_of(version, language, signatures[:count], with_page=True):
            return Proof("proven", *_fields(named), signatures[:count])
    if data == pdf_of(version, language, (), with_page=False):
        return Proof("proven", *_fields(named))
    return named


def signatures_of(session: Session, version: AgreementVersion) -> tuple[Signed, ...]:
    """The signatures of a version in the order in which they were given."""
    query = (
        select(Signature, Attachment.sha256)
        .outerjoin(Attachment, Attachment.id == Signature.scan_id)
        .where(Signature.version_id == version.id)
        .options(joinedload(Signature.signed_by))
        .order_by(Signature.id)
    )
    return tuple(signed_of(signature, scan or "") for signature, scan in session.execute(query))


@dataclass(frozen=True)
class Fault:
    """Something stored that is not as it was: its code, the agreement and the version's number."""

    code: str
    agreement_id: int
    number: int


def faults_of_versions(session: Session) -> Iterator[Fault]:
    """Versions whose content has another hash, acceptances and signatures of another hash, missing numbers, and
    agreements that say they are signed without both signatures."""
    query = (
        select(AgreementVersion)
        .options(
            undefer(AgreementVersion.facts),
            undefer(AgreementVersion.content),
            joinedload(AgreementVersion.acceptances),
            joinedload(AgreementVersion.signatures),
        )
        .order_by(AgreementVersion.agreement_id, AgreementVersion.number)
    )
    last: dict[int, int] = {}
    for version in session.scalars(query).unique():
        place = (version.agreement_id, version.number)
        if version.number != last.get(version.agreement_id, 0) + 1:
            yield Fault("version_missing", *place)
        last[version.agreement_id] = version.number
        if not is_intact(version):
            yield Fault("version_altered", *place)
        if any(one.sha256 != version.sha256 for one in version.acceptances):
            yield Fault("acceptance_of_another_hash", *place)
        if any(one.sha256 != version.sha256 for one in version.signatures):
            yield Fault("signature_of_another_hash", *place)
    yield from _unsigned(session, last)


def _unsigned(session: Session, last: dict[int, int]) -> Iterator[Fault]:
    signed = select(Agreement.id).where(Agreement.signed_at.is_not(None)).order_by(Agreement.id)
    for agreement_id in session.scalars(signed):
        sides = set(
            session.scalars(
                select(Signature.side)
                .join(AgreementVersion, AgreementVersion.id == Signature.version_id)
                .where(AgreementVersion.agreement_id == agreement_id)
            )
        )
        if sides != {"buyer", "producer"}:
            yield Fault("signature_missing", agreement_id, last.get(agreement_id, 0))


def _version(session: Session, sha256: str) -> AgreementVersion | None:
    query = select(AgreementVersion).where(AgreementVersion.sha256 == sha256)
    query = query.options(undefer(AgreementVersion.facts), undefer(AgreementVersion.content))
    return session.scalars(query.order_by(AgreementVersion.id)).first()


def _fields(proof: Proof) -> tuple[int | None, int | None, str, str]:
    return proof.agreement_id, proof.number, proof.sha256, proof.language
