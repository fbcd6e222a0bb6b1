"""The hashes of the PDFs of a signed version, taken by a worker when a signature was given.

A copy made that day is proven by them even when a later version of this program sets the page otherwise.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.agreements.clause_library import LANGUAGES
from broker.agreements.events import SignatureGiven
from broker.agreements.models import AgreementVersion, SealedPdf
from broker.agreements.proving import signatures_of
from broker.agreements.signature_page import pdf_of
from broker.events import on
from broker.jobs.worker import JobContext, handles
from broker.parties.actor import SYSTEM
from broker.transaction import Transaction, transaction


@on(SignatureGiven)
def _order(tx: Transaction, event: SignatureGiven) -> None:
    tx.enqueue("seal_pdfs", {"version": event.version_id, "signatures": event.signatures})


@handles("seal_pdfs")
def seal(context: JobContext) -> None:
    """Make the PDFs of a version with its first signatures, and keep their hashes."""
    version_id, count = context.payload["version"], context.payload["signatures"]
    with Session(context.engine) as session:
        version = session.get_one(AgreementVersion, version_id)
        signatures = signatures_of(session, version)[:count]
        made = {language: pdf_of(version, language, signatures, with_page=True) for language in LANGUAGES}
    with transaction(context.engine, SYSTEM, context.clock) as tx:
        query = select(SealedPdf.language).filter_by(version_id=version_id, signatures=count)
        there = set(tx.session.scalars(query))
        for language, data in made.items():
            if language not in there:
                tx.session.add(
                    SealedPdf(
                        version_id=version_id,
                        language=language,
                        signatures=count,
                        sha256=hashlib.sha256(data).hexdigest(),
                        made_at=tx.now,
                    )
                )
        context.finish(tx)
