"""The page of one agreement: its text, what is to be done next, the talks about it."""

from __future__ import annotations

from collections.abc import Mapping

from flask.typing import ResponseReturnValue

from broker.agreements import freezing, queries
from broker.agreements.checklist import checklist
from broker.agreements.negotiable import may_set
from broker.agreements.negotiation import side_of
from broker.agreements.offering import OPEN
from broker.agreements.open_points import by_owner
from broker.agreements.signing import representative_of, review_ends
from broker.agreements.transitions import AGREEMENT
from web.extensions import db
from web.pages.agreements.blueprint import wanted_language
from web.rendering import page
from web.security import actor


def shown(
    agreement_id: int,
    errors: Mapping[str, str],
    status: int = 200,
    typed: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    """The page of an agreement, with what is wrong with a form on it."""
    agreement = queries.agreement_for(db.session(), actor(), agreement_id)
    side = side_of(agreement, actor())
    versions = queries.history(db.session(), agreement)
    version = queries.version_of(db.session(), agreement)
    draft = freezing.draft_of(version, wanted_language())
    may_offer = actor().may_write and agreement.state in OPEN
    mine = sum(may_set(side, point.path, agreement.state, point.owner) for point in draft.open_points)
    return page(
        "agreements/show.html",
        status=status,
        errors=errors,
        typed=typed or {},
        agreement=agreement,
        side=side,
        may_write=actor().may_write,
        may_offer=may_offer,
        may_end=actor().may_write
        and bool([t for t in AGREEMENT.available(agreement.state, side) if t.name == "abandon"]),
        versions=versions,
        version=version,
        accepted={one.side: one for one in version.acceptances},
        signed={one.side: one for one in version.signatures},
        draft=draft,
        mine=mine,
        usual=sum(point.recommended_value is not None for point in draft.open_points),
        points=by_owner(draft.open_points),
        checklist=checklist(freezing.facts_of(version)) if agreement.state == "draft" else (),
        remarks=queries.remarks_on(db.session(), agreement),
        review_ends=review_ends(agreement, version),
        signers={party: representative_of(version, party)[0] for party in ("buyer", "producer")},
        shown_in=wanted_language(),
    )
