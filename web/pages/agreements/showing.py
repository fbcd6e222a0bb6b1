"""The page of one agreement: its text, what is to be done next, the talks about it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request
from flask.typing import ResponseReturnValue

from broker.agreements import freezing, queries
from broker.agreements.amending import AMENDABLE
from broker.agreements.checklist import checklist
from broker.agreements.models import Agreement, AgreementVersion
from broker.agreements.negotiable import may_set
from broker.agreements.negotiation import is_amending, may_act, side_of
from broker.agreements.offering import OPEN
from broker.agreements.open_points import by_owner
from broker.agreements.renewing import may_renew
from broker.agreements.signing import may_be_signed, representative_of, review_ends
from broker.agreements.transitions import AGREEMENT
from web.extensions import db
from web.pages.agreements.blueprint import wanted_language
from web.rendering import page
from web.row_ids import row_id
from web.security import actor


def version_read(agreement: Agreement, standing: AgreementVersion) -> AgreementVersion:
    """The version that the address asks for, else the one that stands. Raises NotFound for one that never was."""
    number = request.args.get("version", type=row_id)
    if number is None or number == standing.number:
        return standing
    return queries.version_of(db.session(), agreement, number)


def standing_version(agreement: Agreement) -> AgreementVersion:
    """The version that is negotiated or in force; an amendment that nobody can sign any more is neither."""
    over = agreement.binding is not None and agreement.state not in AMENDABLE
    return queries.version_of(db.session(), agreement, agreement.binding if over else None)


def stage_of(agreement: Agreement, standing: AgreementVersion) -> str:
    """What the parties are about: ended, draft, talks, agreed (to be signed) or signed."""
    if agreement.state in ("abandoned", "draft"):
        return "ended" if agreement.state == "abandoned" else "draft"
    if may_be_signed(agreement, standing):
        return "agreed"
    return "talks" if agreement.binding is None or is_amending(agreement, standing) else "signed"


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
    standing = standing_version(agreement)
    version = version_read(agreement, standing)
    draft = freezing.draft_of(version, wanted_language())
    acts = may_act(agreement, actor())
    open_points = draft.open_points if version is standing else ()
    mine = sum(may_set(side, point.path, agreement.state, point.owner) for point in open_points)
    return page(
        "agreements/show.html",
        status=status,
        errors=errors,
        typed=typed or {},
        agreement=agreement,
        side=side,
        stage=stage_of(agreement, standing),
        amends=is_amending(agreement, standing),
        may_write=acts,
        may_offer=acts and version is standing and agreement.state in (*OPEN, *AMENDABLE),
        may_renew=acts and may_renew(agreement, side),
        may_end=acts and "abandon" in {t.name for t in AGREEMENT.available(agreement.state, side)},
        may_drop=acts
        and is_amending(agreement, standing)
        and side not in {s.side for s in standing.signatures},
        versions=versions,
        version=version,
        standing=standing,
        accepted={one.side: one for one in standing.acceptances},
        signed={one.side: one for one in standing.signatures},
        draft=draft,
        mine=mine,
        usual=sum(point.recommended_value is not None for point in open_points),
        points=by_owner(draft.open_points),
        checklist=checklist(freezing.facts_of(standing)) if agreement.state == "draft" else (),
        remarks=queries.remarks_on(db.session(), agreement),
        review_ends=review_ends(agreement, standing),
        signers={party: representative_of(standing, party)[0] for party in ("buyer", "producer")},
        shown_in=wanted_language(),
    )
