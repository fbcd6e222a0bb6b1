"""What happens to agreements."""

from __future__ import annotations

from dataclasses import dataclass

from broker.events import Event


@dataclass(frozen=True)
class AgreementSent(Event):
    """The broker sent a draft to both parties."""

    agreement_id: int


@dataclass(frozen=True)
class OfferMade(Event):
    """A side made a new version."""

    agreement_id: int
    number: int
    side: str


@dataclass(frozen=True)
class AgreementNegotiated(Event):
    """Both parties accepted one version: the members may read the summary, and the review period runs."""

    agreement_id: int


@dataclass(frozen=True)
class SignatureGiven(Event):
    """A representative signed a version; with it there are so many signatures."""

    version_id: int
    signatures: int


@dataclass(frozen=True)
class AgreementSigned(Event):
    """The representatives of both parties have signed one version."""

    agreement_id: int


@dataclass(frozen=True)
class AgreementAbandoned(Event):
    """A draft was ended by one of its parties or its broker, who says why."""

    agreement_id: int
    by_organization_id: int
    reason: str


@dataclass(frozen=True)
class AgreementAmended(Event):
    """Both have signed an amendment; `side` signed last."""

    agreement_id: int
    side: str


@dataclass(frozen=True)
class AmendmentDropped(Event):
    """A side gave an amendment up, and says why."""

    agreement_id: int
    side: str
    reason: str


@dataclass(frozen=True)
class RenewalDrafted(Event):
    """An agreement that continues another was drafted."""

    agreement_id: int
    side: str
