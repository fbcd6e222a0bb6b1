"""Negotiation, acceptances, signatures and the files attached to them.

SQLite can change neither a CHECK nor a table that others refer to, so the two tables that exist are made anew with
their rows.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STATES_BEFORE = (
    "'draft', 'negotiating', 'negotiated', 'signed', 'active', 'completed', 'abandoned', 'terminated'"
)
STATES = (
    "'draft', 'negotiating', 'negotiated', 'signed', 'active', 'breach_notified', 'breached', 'suspended', "
    "'completed', 'renewed', 'terminated', 'abandoned'"
)
TALKS = "'opened', 'offer', 'counter', 'agreed_in_principle', 'stalled', 'abandoned'"
SIDES = "'buyer', 'producer', 'broker'"
PARTIES = "'buyer', 'producer'"


def upgrade() -> None:
    agreements, versions = _taken_away()
    op.create_table(
        "attachments",
        _id(),
        sa.Column("media_type", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=200), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        _reference("created_by_id", nullable=True),
        sa.CheckConstraint(
            "media_type IN ('application/pdf', 'image/jpeg', 'image/png')",
            name=op.f("ck_attachments_media_type"),
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_attachments_size")),
        _points_to("attachments", "created_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    _create_agreements(
        STATES,
        sa.Column("negotiation", sa.String(length=200), nullable=True),
        sa.Column("offered_by", sa.String(length=200), nullable=True),
        sa.Column("moved_at", sa.DateTime(), nullable=False),
        sa.Column("reply_by", sa.Date(), nullable=True),
        sa.Column("negotiated_at", sa.DateTime(), nullable=True),
        sa.Column("signed_at", sa.DateTime(), nullable=True),
        sa.Column("ended_reason", sa.String(length=200), nullable=True),
        sa.Column("promised", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            f"negotiation IS NULL OR negotiation IN ({TALKS})", name=op.f("ck_agreements_negotiation")
        ),
        sa.CheckConstraint(
            f"offered_by IS NULL OR offered_by IN ({SIDES})", name=op.f("ck_agreements_offered_by")
        ),
        sa.CheckConstraint(
            "state <> 'negotiated' OR negotiated_at IS NOT NULL", name=op.f("ck_agreements_negotiated")
        ),
        sa.CheckConstraint("state <> 'signed' OR signed_at IS NOT NULL", name=op.f("ck_agreements_signed")),
    )
    _create_versions(
        sa.Column("content", sa.JSON(), nullable=True),
        sa.Column("author_side", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("open_points", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"author_side IN ({SIDES})", name=op.f("ck_agreement_versions_author_side")),
    )
    last = {row["agreement_id"]: row["facts"] for row in versions}
    _put_back(
        [row | {"moved_at": row["created_at"], "promised": _promised(last, row["id"])} for row in agreements],
        [
            row | {"author_side": "broker", "note": "", "changes": [], "open_points": 0, "content": None}
            for row in versions
        ],
    )
    _create_remarks()
    _create_acceptances()
    _create_signatures()


def downgrade() -> None:
    for table, column in (
        ("signatures", "version_id"),
        ("acceptances", "version_id"),
        ("remarks", "agreement_id"),
    ):
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
        op.drop_table(table)
    op.drop_table("attachments")
    agreements, versions = _taken_away()
    _create_agreements(STATES_BEFORE)
    _create_versions()
    # Nobody could accept or sign before, and these states did not exist; the nearest that did.
    before = dict.fromkeys(("negotiating", "negotiated", "signed"), "draft")
    before |= {
        "breach_notified": "active",
        "breached": "active",
        "suspended": "active",
        "renewed": "completed",
    }
    _put_back([row | {"state": before.get(row["state"], row["state"])} for row in agreements], versions)


def _taken_away() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of both tables, which are dropped."""
    connection = op.get_bind()
    found = []
    for name in ("agreements", "agreement_versions"):
        table = sa.Table(name, sa.MetaData(), autoload_with=connection)
        rows = connection.execute(sa.select(table).order_by(table.c.id)).mappings()
        found.append([dict(row) for row in rows])
    op.drop_index(op.f("ix_agreement_versions_agreement_id"), table_name="agreement_versions")
    op.drop_table("agreement_versions")
    for column in ("organization_id", "buyer_id", "broker_id"):
        op.drop_index(op.f(f"ix_agreements_{column}"), table_name="agreements")
    op.drop_table("agreements")
    return found[0], found[1]


def _put_back(agreements: list[dict[str, Any]], versions: list[dict[str, Any]]) -> None:
    connection = op.get_bind()
    for name, rows in (("agreements", agreements), ("agreement_versions", versions)):
        table = sa.Table(name, sa.MetaData(), autoload_with=connection)
        if rows:
            known = set(table.columns.keys())
            connection.execute(
                sa.insert(table), [{key: row[key] for key in row if key in known} for row in rows]
            )
        if connection.dialect.name == "postgresql" and rows:
            connection.execute(
                sa.text(
                    f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"
                )
            )


def _promised(facts: dict[int, Any], agreement_id: int) -> Any:
    return (facts.get(agreement_id) or {}).get("schedule", {}).get("periods", [])


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _reference(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=nullable)


def _points_to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _create_agreements(states: str, *more: Any) -> None:
    op.create_table(
        "agreements",
        _id(),
        *(_reference(name) for name in ("suggestion_id", "buyer_id", "organization_id", "broker_id")),
        sa.Column("state", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        *more,
        sa.CheckConstraint(f"state IN ({states})", name=op.f("ck_agreements_state")),
        sa.CheckConstraint("buyer_id <> organization_id", name=op.f("ck_agreements_two_parties")),
        *(
            _points_to("agreements", name, "organizations")
            for name in ("broker_id", "buyer_id", "organization_id")
        ),
        _points_to("agreements", "suggestion_id", "suggestions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
        sa.UniqueConstraint("suggestion_id", name=op.f("uq_agreements_suggestion_id")),
    )
    for column in ("broker_id", "buyer_id", "organization_id"):
        op.create_index(op.f(f"ix_agreements_{column}"), "agreements", [column], unique=False)


def _create_versions(*more: Any) -> None:
    op.create_table(
        "agreement_versions",
        _id(),
        _reference("agreement_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        _reference("created_by_id", nullable=True),
        *more,
        sa.CheckConstraint("number >= 1", name=op.f("ck_agreement_versions_number")),
        _points_to("agreement_versions", "agreement_id", "agreements"),
        _points_to("agreement_versions", "created_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_versions")),
        sa.UniqueConstraint("agreement_id", "number", name=op.f("uq_agreement_versions_agreement_id_number")),
    )
    op.create_index(
        op.f("ix_agreement_versions_agreement_id"), "agreement_versions", ["agreement_id"], unique=False
    )


def _create_remarks() -> None:
    op.create_table(
        "remarks",
        _id(),
        _reference("agreement_id"),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("clause", sa.String(length=200), nullable=True),
        sa.Column("side", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(), nullable=False),
        _reference("said_by_id", nullable=True),
        sa.CheckConstraint(f"side IN ({SIDES})", name=op.f("ck_remarks_side")),
        _points_to("remarks", "agreement_id", "agreements"),
        _points_to("remarks", "said_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remarks")),
    )
    op.create_index(op.f("ix_remarks_agreement_id"), "remarks", ["agreement_id"], unique=False)


def _create_acceptances() -> None:
    op.create_table(
        "acceptances",
        _id(),
        _reference("version_id"),
        sa.Column("side", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=200), nullable=False),
        sa.Column("accepted_at", sa.DateTime(), nullable=False),
        _reference("accepted_by_id", nullable=True),
        sa.CheckConstraint(f"side IN ({PARTIES})", name=op.f("ck_acceptances_side")),
        _points_to("acceptances", "version_id", "agreement_versions"),
        _points_to("acceptances", "accepted_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptances")),
        sa.UniqueConstraint("version_id", "side", name=op.f("uq_acceptances_version_id_side")),
    )
    op.create_index(op.f("ix_acceptances_version_id"), "acceptances", ["version_id"], unique=False)


def _create_signatures() -> None:
    op.create_table(
        "signatures",
        _id(),
        _reference("version_id"),
        sa.Column("side", sa.String(length=200), nullable=False),
        sa.Column("method", sa.String(length=200), nullable=False),
        sa.Column("signer", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=200), nullable=False),
        sa.Column("signed_at", sa.DateTime(), nullable=False),
        _reference("signed_by_id", nullable=True),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("seal", sa.String(length=200), nullable=False),
        _reference("scan_id", nullable=True),
        sa.CheckConstraint(f"side IN ({PARTIES})", name=op.f("ck_signatures_side")),
        sa.CheckConstraint("method IN ('account', 'paper')", name=op.f("ck_signatures_method")),
        sa.CheckConstraint("(method = 'paper') = (scan_id IS NOT NULL)", name=op.f("ck_signatures_scan")),
        _points_to("signatures", "version_id", "agreement_versions"),
        _points_to("signatures", "signed_by_id", "users"),
        _points_to("signatures", "scan_id", "attachments"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
        sa.UniqueConstraint("version_id", "side", name=op.f("uq_signatures_version_id_side")),
    )
    op.create_index(op.f("ix_signatures_version_id"), "signatures", ["version_id"], unique=False)
