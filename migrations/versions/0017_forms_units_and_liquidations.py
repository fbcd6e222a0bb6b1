"""Every form of a delivery that was carried out, the units of its quantities, and liquidations of split payments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


# The unit in which somebody said a quantity, where it was not kg.
SAID = {
    "lots": {"quantity_original": 40, "quantity_unit": 200, "quantity_factor": 40},
    "lot_lines": {"quantity_original": 40},
    "deliveries": {"gross_original": 40, "tare_original": 40, "slip_unit": 200, "slip_factor": 40},
}


KINDS = ("advance", "settlement", "interest")


def upgrade() -> None:
    _create_sent_forms()
    _create_liquidations()
    _payments_of((*KINDS, "liquidation"))
    for table, columns in SAID.items():
        for name, length in columns.items():
            op.add_column(table, sa.Column(name, sa.String(length=length), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM payments WHERE kind = 'liquidation'")
    _payments_of(KINDS)
    op.drop_table("liquidations")
    for table, columns in SAID.items():
        for name in columns:
            op.drop_column(table, name)
    op.add_column("deliveries", sa.Column("last_key", sa.String(length=200), nullable=True))
    op.execute(
        "UPDATE deliveries SET last_key = (SELECT key FROM sent_forms WHERE id = "
        "(SELECT max(id) FROM sent_forms WHERE delivery_id = deliveries.id))"
    )
    op.drop_table("sent_forms")


def _create_sent_forms() -> None:
    """What a form said that was sent before is not known."""
    op.create_table(
        "sent_forms",
        sa.Column("id", ID, nullable=False),
        sa.Column("delivery_id", ID, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_sent_forms_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sent_forms")),
        sa.UniqueConstraint("delivery_id", "key", name=op.f("uq_sent_forms_delivery_id_key")),
    )
    op.execute(
        "INSERT INTO sent_forms (delivery_id, key, sha256) "
        "SELECT id, last_key, '' FROM deliveries WHERE last_key IS NOT NULL"
    )
    op.drop_column("deliveries", "last_key")


def _payments_of(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("payments") as batch:
        batch.drop_constraint(op.f("ck_payments_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_payments_kind"), f"kind IN {kinds}")


def _create_liquidations() -> None:
    amounts = ("value_minor", "net_minor", "share_minor", "first_minor", "kept_minor", "second_minor")
    op.create_table(
        "liquidations",
        sa.Column("id", ID, nullable=False),
        sa.Column("statement_id", ID, nullable=False),
        sa.Column("handed_over_at", sa.DateTime(), nullable=False),
        sa.Column("handed_over_on", sa.Date(), nullable=False),
        sa.Column("handed_over_by_id", ID, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("unit_kg", sa.String(length=40), nullable=False),
        sa.Column("sales", sa.JSON(), nullable=False),
        sa.Column("costs", sa.JSON(), nullable=False),
        sa.Column("share_pct", sa.String(length=40), nullable=False),
        *(sa.Column(name, ID, nullable=False) for name in amounts),
        sa.CheckConstraint("second_minor >= 0 AND kept_minor >= 0", name=op.f("ck_liquidations_amounts")),
        sa.CheckConstraint(
            "second_minor = share_minor - first_minor + kept_minor", name=op.f("ck_liquidations_second")
        ),
        sa.ForeignKeyConstraint(
            ["handed_over_by_id"], ["users.id"], name=op.f("fk_liquidations_handed_over_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statements.id"], name=op.f("fk_liquidations_statement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_liquidations")),
        sa.UniqueConstraint("statement_id", name=op.f("uq_liquidations_statement_id")),
    )
