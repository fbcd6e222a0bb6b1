"""Exchange rates and quotations belong to the broker house that entered them, or to the installation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = (("price_points", "series", "quote.entered"), ("exchange_rates", "currency", "rate.entered"))


def upgrade() -> None:
    for table, column, verb in TABLES:
        with op.batch_alter_table(table) as batch:
            batch.add_column(
                sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
            )
            batch.create_foreign_key(op.f(f"fk_{table}_owner_id"), "organizations", ["owner_id"], ["id"])
            batch.drop_constraint(op.f(f"uq_{table}_{column}_quoted_on"), type_="unique")
            batch.create_unique_constraint(
                op.f(f"uq_{table}_owner_id_{column}_quoted_on"), ["owner_id", column, "quoted_on"]
            )
        nobody = sa.text("owner_id IS NULL")
        op.create_index(
            f"uq_{table}_installation",
            table,
            [column, "quoted_on"],
            unique=True,
            sqlite_where=nobody,
            postgresql_where=nobody,
        )
        # Every entry so far counted for all; the last one to enter it is written in the audit.
        op.execute(
            f"UPDATE {table} SET owner_id = (SELECT entry.actor_organization_id FROM audit_entries AS entry"
            f" WHERE entry.verb = '{verb}' AND entry.subject_id = {table}.id ORDER BY entry.id DESC LIMIT 1)"
        )


def downgrade() -> None:
    for table, column, _ in TABLES:
        # Before, a row counted for everybody: what a house entered for itself must not.
        op.execute(f"DELETE FROM {table} WHERE owner_id IS NOT NULL")
        op.drop_index(f"uq_{table}_installation", table_name=table)
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"uq_{table}_owner_id_{column}_quoted_on"), type_="unique")
            batch.create_unique_constraint(op.f(f"uq_{table}_{column}_quoted_on"), [column, "quoted_on"])
            batch.drop_constraint(op.f(f"fk_{table}_owner_id"), type_="foreignkey")
            batch.drop_column("owner_id")
