"""Signature by the representatives of both parties, after a review period, of one and the same hash.

Alianza records who signed what, when, from where and how; whether that binds is for the law of the place to say.
"""

from __future__ import annotations

import datetime as dt
import unicodedata

from broker.agreements import freezing
from broker.agreements.amending import AMENDABLE, begun_otherwise
from broker.agreements.events import AgreementAmended, AgreementSigned, SignatureGiven
from broker.agreements.models import Agreement, AgreementVersion, Signature
from broker.agreements.negotiation import day_of, is_amending, latest, locked, writing_side
from broker.agreements.promises import hold, promise
from broker.agreements.transitions import AGREEMENT
from broker.documents import canonical
from broker.documents.attachments import Attachment, attach
from broker.errors import Conflict, Faults, NotAllowed
from broker.parties.accounts import refuse_if_throttled
from broker.parties.models import User
from broker.parties.passwords import verify, verify_totp
from broker.parties.permissions import require_manager
from broker.transaction import Transaction

DEFAULT_REVIEW_HOURS = 24


def review_ends(agreement: Agreement, version: AgreementVersion) -> dt.datetime | None:
    """When the review period of a negotiated agreement is over; None before both have accepted."""
    if agreement.negotiated_at is None:
        return None
    hours = (version.facts.get("rules") or {}).get("review_hours") or DEFAULT_REVIEW_HOURS
    return agreement.negotiated_at + dt.timedelta(hours=max(hours, DEFAULT_REVIEW_HOURS))


def representative_of(version: AgreementVersion, side: str) -> tuple[str, str]:
    """Who signs for a side, and by what authority, as the version says."""
    party = version.facts["buyer" if side == "buyer" else "organization"]
    return party.get("representative") or "", party.get("representative_authority") or ""


def may_be_signed(agreement: Agreement, version: AgreementVersion) -> bool:
    """Whether both have accepted the version, as the agreement or as its amendment, and it waits for signatures."""
    if agreement.state == "negotiated":
        return True
    return (
        agreement.state in AMENDABLE
        and is_amending(agreement, version)
        and agreement.negotiation == "agreed_in_principle"
    )


def is_agreed(agreement: Agreement, version: AgreementVersion, standing: AgreementVersion) -> bool:
    """Whether both have accepted the version: it was signed, or it is the one that stands and waits for signatures."""
    return bool(version.signatures) or (version is standing and may_be_signed(agreement, version))


def sign(
    tx: Transaction, agreement_id: int, sha256: str, *, name: str, password: str, code: str, address: str
) -> Agreement:
    """Sign in the account: a manager of the party, who enters the password (and code) again and types the name of the
    representative that the version names.

    Raises Conflict('version_moved_on' | 'review_running' | 'signed_already'), Invalid for what was typed,
    NotAllowed for anybody but a manager of a party.
    """
    agreement, version, side = _signable(tx, agreement_id, sha256)
    faults = Faults()
    signer, _ = representative_of(version, side)
    faults.require(_plain(name) == _plain(signer), "not_the_representative", "name", name=signer)
    user = _again(tx, password, code, address, faults)
    faults.raise_if_any()
    return _signed(tx, agreement, version, side, user, address, day_of(agreement, tx.now), None)


def sign_on_paper(
    tx: Transaction,
    agreement_id: int,
    sha256: str,
    *,
    scan: bytes,
    signed_on: dt.date,
    password: str,
    code: str,
    address: str,
) -> Agreement:
    """Record the scan of the signature page that the representative signed by hand, where there is no connection.

    Raises as `sign`, and RuleBroken for a file that is no scan or a day outside the time since the review ended.
    """
    agreement, version, side = _signable(tx, agreement_id, sha256)
    ended = review_ends(agreement, version)
    faults = Faults()
    faults.require(signed_on <= day_of(agreement, tx.now), "date_in_future", "signed_on")
    if ended is not None:
        first = day_of(agreement, ended)
        faults.require(signed_on >= first, "signed_before_review", "signed_on", day=first)
    user = _again(tx, password, code, address, faults)
    faults.raise_if_any()
    return _signed(tx, agreement, version, side, user, address, signed_on, attach(tx, scan, field="scan"))


def seal_of(signature: Signature, scan_sha256: str) -> str:
    """SHA-256 over everything that a signature says."""
    return canonical.sha256(
        {
            "version": signature.sha256,
            "side": signature.side,
            "method": signature.method,
            "signer": signature.signer,
            "authority": signature.authority,
            "account": signature.account,
            "address": signature.address,
            "signed_on": signature.signed_on,
            "signed_at": signature.signed_at.astimezone(dt.UTC).isoformat(),
            "scan": scan_sha256,
        }
    )


def _again(tx: Transaction, password: str, code: str, address: str, faults: Faults) -> User:
    """Who signs proves anew who she is. Raises NotAllowed('too_many_attempts')."""
    user = tx.session.get_one(User, tx.actor.user_id)
    refuse_if_throttled(tx, user.email, address)
    faults.require(verify(password, user.password_hash), "password_wrong", "password")
    if user.totp_secret is not None:
        faults.require(verify_totp(user.totp_secret, code), "code_wrong", "code")
    return user


def _signable(tx: Transaction, agreement_id: int, sha256: str) -> tuple[Agreement, AgreementVersion, str]:
    # The second signature under an amendment changes what is promised.
    hold(tx, agreement_id)
    agreement = locked(tx, agreement_id)
    side = writing_side(agreement, tx.actor)
    if side == "broker":
        raise NotAllowed("only_parties")
    require_manager(tx.actor, agreement.party_id(side))
    version = latest(tx, agreement)
    if not may_be_signed(agreement, version):
        raise Conflict("state_moved_on", subject="agreement", state=agreement.state, action="sign")
    if version.sha256 != sha256 or not freezing.is_intact(version):
        raise Conflict("version_moved_on", number=version.number)
    ends = review_ends(agreement, version)
    if ends is None or tx.now < ends:
        raise Conflict("review_running", moment=ends)
    if any(one.side == side for one in version.signatures):
        raise Conflict("signed_already")
    if not all(representative_of(version, side)):
        raise Conflict("representative_missing")
    if agreement.binding is not None:
        # It was proposed a review period ago or more.
        begun = begun_otherwise(agreement, version.facts["schedule"]["periods"], day_of(agreement, tx.now))
        if begun is not None:
            raise Conflict("period_begun", day=begun)
    return agreement, version, side


def _signed(
    tx: Transaction,
    agreement: Agreement,
    version: AgreementVersion,
    side: str,
    user: User,
    address: str,
    signed_on: dt.date,
    scan: Attachment | None,
) -> Agreement:
    signer, authority = representative_of(version, side)
    signature = Signature(
        version_id=version.id,
        side=side,
        method="account" if scan is None else "paper",
        signer=signer,
        authority=authority,
        sha256=version.sha256,
        signed_at=tx.now,
        signed_by_id=user.id,
        account=user.name,
        address=address,
        signed_on=signed_on,
        seal="",
        scan_id=None if scan is None else scan.id,
    )
    signature.seal = seal_of(signature, "" if scan is None else scan.sha256)
    version.signatures.append(signature)
    agreement.moved_at = tx.now
    tx.session.flush()
    tx.record(
        "agreement.signature", "agreement", agreement.id, agreement.buyer_id,
        side=side, method=signature.method, sha256=signature.sha256, seal=signature.seal,
    )  # fmt: skip
    tx.emit(SignatureGiven(version.id, len(version.signatures)))
    if {one.side for one in version.signatures} == {"buyer", "producer"}:
        _bind(tx, agreement, version, side)
    return agreement


def _bind(tx: Transaction, agreement: Agreement, version: AgreementVersion, side: str) -> None:
    """With both signatures the version is in force."""
    amends = agreement.binding is not None
    agreement.binding = version.number
    verb = "agreement.amended" if amends else "agreement.signed"
    tx.record(
        verb, "agreement", agreement.id, agreement.buyer_id, number=version.number, sha256=version.sha256
    )
    if amends:
        wanted = version.facts["schedule"]["periods"]
        if wanted != agreement.promised:
            promise(tx, agreement, *hold(tx, agreement.id), wanted)
        tx.emit(AgreementAmended(agreement.id, side))
        return
    agreement.signed_at = tx.now
    AGREEMENT.move(agreement, "sign", side)
    if agreement.renews_id is not None:
        before = tx.session.get_one(Agreement, agreement.renews_id, with_for_update=True)
        if before.state == "completed":
            AGREEMENT.move(before, "renew", side)
            tx.record("agreement.renewed", "agreement", before.id, before.buyer_id, by=agreement.id)
    tx.emit(AgreementSigned(agreement.id))


def _plain(name: str) -> str:
    """A name without accents, capitals and double spaces, as people type their own."""
    bare = unicodedata.normalize("NFD", name.casefold())
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())
