"""The audit becomes a chain of hashes for each owner; the rows that exist are chained as they stand.

The hash is written out here as it was then: what broker/audit/sealing.py becomes must not change old rows."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

FIRST = "0" * 64
ROWS_AT_ONCE = 1000
CONTENT = (
    "at", "actor_user_id", "actor_organization_id", "owner_id", "verb", "subject", "subject_id", "detail",
)  # fmt: skip
ENTRIES = sa.table(
    "audit_entries",
    sa.column("id", sa.BigInteger()),
    sa.column("at", sa.DateTime()),
    sa.column("actor_user_id", sa.BigInteger()),
    sa.column("actor_organization_id", sa.BigInteger()),
    sa.column("owner_id", sa.BigInteger()),
    sa.column("verb", sa.String()),
    sa.column("subject", sa.String()),
    sa.column("subject_id", sa.Integer()),
    sa.column("detail", sa.JSON()),
    sa.column("number", sa.BigInteger()),
    sa.column("previous", sa.String()),
    sa.column("sha256", sa.String()),
)
COLUMNS = (("number", sa.BigInteger()), ("previous", sa.String(length=64)), ("sha256", sa.String(length=64)))


def upgrade() -> None:
    heads = op.create_table(
        "audit_heads",
        sa.Column(
            "chain", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_audit_heads")),
    )
    with op.batch_alter_table("audit_entries") as batch:
        for name, kind in COLUMNS:
            batch.add_column(sa.Column(name, kind, nullable=True))
    ends = _chain()
    if ends:
        op.bulk_insert(
            heads,
            [{"chain": chain, "count": count, "sha256": last} for chain, (count, last) in ends.items()],
        )
    with op.batch_alter_table("audit_entries") as batch:
        for name, kind in COLUMNS:
            batch.alter_column(name, existing_type=kind, nullable=False)
        batch.create_unique_constraint(op.f("uq_audit_entries_owner_id_number"), ["owner_id", "number"])
    op.drop_index(op.f("ix_audit_entries_owner_id"), table_name="audit_entries")
    nobody = sa.text("owner_id IS NULL")
    op.create_index(
        "uq_audit_entries_installation",
        "audit_entries",
        ["number"],
        unique=True,
        sqlite_where=nobody,
        postgresql_where=nobody,
    )


def downgrade() -> None:
    op.drop_index("uq_audit_entries_installation", table_name="audit_entries")
    op.create_index(op.f("ix_audit_entries_owner_id"), "audit_entries", ["owner_id"], unique=False)
    with op.batch_alter_table("audit_entries") as batch:
        batch.drop_constraint(op.f("uq_audit_entries_owner_id_number"), type_="unique")
        for name, _ in reversed(COLUMNS):
            batch.drop_column(name)
    op.drop_table("audit_heads")


def _chain() -> dict[int, tuple[int, str]]:
    """Number and hash every row in the order of the ids; the count and last hash of each chain."""
    connection = op.get_bind()
    ends: dict[int, tuple[int, str]] = {}
    after = 0
    fields = [ENTRIES.c[name] for name in ("id", *CONTENT)]
    setting = sa.update(ENTRIES).where(ENTRIES.c.id == sa.bindparam("row"))
    while True:
        page = sa.select(*fields).where(ENTRIES.c.id > after).order_by(ENTRIES.c.id).limit(ROWS_AT_ONCE)
        rows = connection.execute(page).mappings().all()
        if not rows:
            return ends
        links = []
        for row in rows:
            count, last = ends.get(row["owner_id"] or 0, (0, FIRST))
            sealed = _digest(count + 1, last, {name: row[name] for name in CONTENT})
            links.append({"row": row["id"], "number": count + 1, "previous": last, "sha256": sealed})
            ends[row["owner_id"] or 0] = (count + 1, sealed)
        connection.execute(setting, links)
        after = rows[-1]["id"]


def _digest(number: int, previous: str, content: dict[str, Any]) -> str:
    moment = content["at"].isoformat(timespec="microseconds") + "+00:00"
    value = {**content, "at": moment, "number": number, "previous": previous}
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
