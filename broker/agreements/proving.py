"""Proof that a file is the PDF of a version, and that stored versions are as they were signed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, undefer

from broker.agreements.freezing import is_intact
from broker.agreements.models import Agreement, AgreementVersion, SealedPdf, Signature
from broker.agreements.queries import in_force
from broker.agreements.signature_page import Signed, pdf_of, signed_of
from broker.agreements.signing import seal_of
from broker.audit.models import AuditEntry
from broker.documents.attachments import Attachment

_NAME = re.compile(rb"alianza:([0-9a-f]{64}):(es|en)")
BOTH = {"buyer", "producer"}


@dataclass(frozen=True)
class Proof:
    """What a file is.

    `verdict`: proven (byte for byte a PDF of a version), altered (it names a version but is none of its PDFs), damaged
    (the stored version no longer has its hash) or unknown. `latest` is the number of the version in force, before any
    signature the last.
    """

    verdict: str
    agreement_id: int | None = None
    number: int | None = None
    sha256: str = ""
    language: str = ""
    signatures: tuple[Signed, ...] = ()
    latest: int | None = None


def prove(session: Session, data: bytes) -> Proof:
    """Whether the file is a PDF of a stored version: by the hash taken when it was signed, or made again now."""
    found = _NAME.search(data)
    versions = [] if found is None else _versions(session, found[1].decode())
    if found is None or not versions:
        return Proof("unknown")
    language = found[2].decode()
    # The same terms may stand in several versions; the one that was signed is asked first.
    proofs = [_prove(session, version, language, data) for version in versions]
    return next((proof for proof in proofs if proof.verdict == "proven"), proofs[0])


def signatures_of(session: Session, version: AgreementVersion) -> tuple[Signed, ...]:
    """The signatures of a version in the order in which they were given."""
    return tuple(signed_of(signature, scan) for signature, scan in with_scans(session, version.id))


def with_scans(session: Session, version_id: int) -> list[tuple[Signature, str]]:
    """The stored signatures of a version, each with the SHA-256 of its scan, empty where it has none."""
    query = (
        select(Signature, Attachment.sha256)
        .outerjoin(Attachment, Attachment.id == Signature.scan_id)
        .where(Signature.version_id == version_id)
        .order_by(Signature.id)
    )
    return [(signature, scan or "") for signature, scan in session.execute(query)]


def _prove(session: Session, version: AgreementVersion, language: str, data: bytes) -> Proof:
    latest = in_force(session, session.get_one(Agreement, version.agreement_id)).number

    def proof(verdict: str, signatures: Sequence[Signed] = ()) -> Proof:
        return Proof(
            verdict, version.agreement_id, version.number, version.sha256, language, tuple(signatures), latest
        )

    if not is_intact(version):
        return proof("damaged")
    signatures = signatures_of(session, version)
    taken = select(SealedPdf.signatures).filter_by(
        version_id=version.id, sha256=hashlib.sha256(data).hexdigest()
    )
    sealed = session.scalar(taken)
    if sealed is not None:
        return proof("proven", signatures[:sealed])
    # A copy may have been taken before the page of signatures, or between the two of them.
    for count in range(len(signatures), -1, -1):
        if data == pdf_of(version, language, signatures[:count], with_page=True):
            return proof("proven", signatures[:count])
    if data == pdf_of(version, language, (), with_page=False):
        return proof("proven")
    return proof("altered")


def _versions(session: Session, sha256: str) -> list[AgreementVersion]:
    query = (
        select(AgreementVersion)
        .where(AgreementVersion.sha256 == sha256)
        .options(undefer(AgreementVersion.facts), undefer(AgreementVersion.content))
    )
    found = session.scalars(query.order_by(AgreementVersion.id.desc())).all()
    return sorted(found, key=lambda version: -len(version.signatures))


@dataclass(frozen=True)
class Fault:
    """Something stored that is not as it was: its code, the agreement and the version's number."""

    code: str
    agreement_id: int
    number: int


def faults_of_versions(session: Session) -> Iterator[Fault]:
    """Versions whose content has another hash or whose number is missing, acceptances and signatures of another hash,
    signatures that say other than what was audited, scans that are other files, and signed agreements whose version in
    force lacks an acceptance or a signature, or is not the last that both signed."""
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
    audited = _audited(session)
    last: dict[int, int] = {}
    signed: dict[tuple[int, int], AgreementVersion] = {}
    for version in session.scalars(query).unique():
        place = (version.agreement_id, version.number)
        if version.number != last.get(version.agreement_id, 0) + 1:
            yield Fault("version_missing", *place)
        last[version.agreement_id] = version.number
        if version.signatures:
            signed[place] = version
        if not is_intact(version):
            yield Fault("version_altered", *place)
        if any(one.sha256 != version.sha256 for one in version.acceptances):
            yield Fault("acceptance_of_another_hash", *place)
        for code in _of_signatures(session, version, audited):
            yield Fault(code, *place)
    yield from _unsigned(session, signed)


def _unsigned(session: Session, signed: dict[tuple[int, int], AgreementVersion]) -> Iterator[Fault]:
    query = select(Agreement.id, Agreement.binding).where(Agreement.signed_at.is_not(None))
    for agreement_id, binding in session.execute(query.order_by(Agreement.id)):
        place = (agreement_id, binding or 0)
        version = signed.get(place)
        if {one.side for one in (version.signatures if version else ())} != BOTH:
            yield Fault("signature_missing", *place)
        if {one.side for one in (version.acceptances if version else ())} != BOTH:
            yield Fault("acceptance_missing", *place)
        later = (
            number
            for (agreement, number), one in signed.items()
            if (agreement, number) > place
            and agreement == agreement_id
            and {each.side for each in one.signatures} == BOTH
        )
        if any(later):
            yield Fault("binding_moved", *place)


def _of_signatures(session: Session, version: AgreementVersion, audited: set[str]) -> Iterator[str]:
    for signature, scan in with_scans(session, version.id) if version.signatures else ():
        if signature.sha256 != version.sha256:
            yield "signature_of_another_hash"
        elif seal_of(signature, scan) != signature.seal or signature.seal not in audited:
            yield "signature_altered"
        if signature.scan_id is not None:
            kept = session.get_one(Attachment, signature.scan_id)
            if hashlib.sha256(kept.data).hexdigest() != kept.sha256:
                yield "scan_altered"


def _audited(session: Session) -> set[str]:
    """The seals that the audit knows of; its own chain says whether it is whole."""
    query = select(AuditEntry.detail).where(AuditEntry.verb == "agreement.signature")
    return {detail["seal"] for detail in session.scalars(query)}
