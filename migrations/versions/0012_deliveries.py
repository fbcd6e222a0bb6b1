"""Deliveries, statements and payments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agreement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("planned_kg", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=200), nullable=False),
        sa.Column("last_key", sa.String(length=200), nullable=True),
        sa.Column("dispatched_at", sa.DateTime(), nullable=True),
        sa.Column("carrier", sa.String(length=200), nullable=True),
        sa.Column("received_at", sa.DateTime(), nullable=True),
        sa.Column("slip", sa.String(length=200), nullable=True),
        sa.Column("gross_kg", sa.BigInteger(), nullable=True),
        sa.Column("tare_kg", sa.BigInteger(), nullable=True),
        sa.Column("net_kg", sa.BigInteger(), nullable=True),
        sa.Column("handed_over_by", sa.String(length=200), nullable=True),
        sa.Column("received_by", sa.String(length=200), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("by_silence", sa.Boolean(), nullable=False),
        sa.Column("grader", sa.String(length=200), nullable=True),
        sa.Column("sample", sa.String(length=200), nullable=True),
        sa.Column("accepted_kg", sa.BigInteger(), nullable=True),
        sa.Column("downgraded_kg", sa.BigInteger(), nullable=True),
        sa.Column("rejected_kg", sa.BigInteger(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("photo_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("disputed_at", sa.DateTime(), nullable=True),
        sa.Column("dispute", sa.Text(), nullable=True),
        sa.Column("proposal", sa.JSON(), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('scheduled', 'confirmed', 'dispatched', 'received', 'graded', 'accepted', 'partially_accepted', 'rejected', 'disputed', 'invoiced', 'paid_reported', 'paid', 'cancelled', 'no_show')",
            name=op.f("ck_deliveries_state"),
        ),
        sa.CheckConstraint(
            "accepted_kg IS NULL OR (accepted_kg >= 0 AND downgraded_kg >= 0 AND rejected_kg >= 0 AND accepted_kg + downgraded_kg + rejected_kg = net_kg)",
            name=op.f("ck_deliveries_decided"),
        ),
        sa.CheckConstraint(
            "net_kg IS NULL OR (net_kg >= 0 AND tare_kg >= 0)", name=op.f("ck_deliveries_weights")
        ),
        sa.CheckConstraint("net_kg IS NULL OR net_kg = gross_kg - tare_kg", name=op.f("ck_deliveries_net")),
        sa.CheckConstraint("planned_kg > 0", name=op.f("ck_deliveries_planned")),
        sa.CheckConstraint(
            "rejected_kg IS NULL OR rejected_kg = 0 OR (cause IS NOT NULL AND photo_id IS NOT NULL)",
            name=op.f("ck_deliveries_evidence"),
        ),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_deliveries_period")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_deliveries_agreement_id")),
        sa.ForeignKeyConstraint(["photo_id"], ["attachments.id"], name=op.f("fk_deliveries_photo_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("agreement_id", "number", name=op.f("uq_deliveries_agreement_id_number")),
    )
    op.create_index(op.f("ix_deliveries_starts_on"), "deliveries", ["starts_on"], unique=False)
    op.create_index(op.f("ix_deliveries_state"), "deliveries", ["state"], unique=False)
    op.create_table(
        "lots",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=200), nullable=False),
        sa.Column("harvested_on", sa.Date(), nullable=True),
        sa.Column("kg", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kg > 0", name=op.f("ck_lots_kg")),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_lots_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lots")),
        sa.UniqueConstraint("delivery_id", "code", name=op.f("uq_lots_delivery_id_code")),
    )
    op.create_index(op.f("ix_lots_delivery_id"), "lots", ["delivery_id"], unique=False)
    op.create_table(
        "statements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agreement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("invoice", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=200), nullable=False),
        sa.Column("price", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("unit_kg", sa.String(length=40), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("value_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("total_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fee_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fee_payer", sa.String(length=200), nullable=True),
        sa.CheckConstraint("fee_minor >= 0", name=op.f("ck_statements_fee")),
        sa.CheckConstraint("value_minor >= 0 AND total_minor >= 0", name=op.f("ck_statements_amounts")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_statements_agreement_id")),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_statements_delivery_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_statements_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statements")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_statements_delivery_id")),
    )
    op.create_index(op.f("ix_statements_agreement_id"), "statements", ["agreement_id"], unique=False)
    op.create_table(
        "lot_lines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member", sa.String(length=200), nullable=False),
        sa.Column("plot", sa.String(length=200), nullable=True),
        sa.Column("kg", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kg > 0", name=op.f("ck_lot_lines_kg")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_lot_lines_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_lines")),
    )
    op.create_index(op.f("ix_lot_lines_lot_id"), "lot_lines", ["lot_id"], unique=False)
    op.create_table(
        "member_shares",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("statement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member", sa.String(length=200), nullable=False),
        sa.Column("kg", sa.BigInteger(), nullable=False),
        sa.Column("minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statements.id"], name=op.f("fk_member_shares_statement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_shares")),
    )
    op.create_index(op.f("ix_member_shares_statement_id"), "member_shares", ["statement_id"], unique=False)
    op.create_table(
        "payments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agreement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("statement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(length=200), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=200), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("reported_at", sa.DateTime(), nullable=False),
        sa.Column("reported_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("confirmed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("(kind = 'advance') = (statement_id IS NULL)", name=op.f("ck_payments_statement")),
        sa.CheckConstraint("kind IN ('advance', 'settlement', 'interest')", name=op.f("ck_payments_kind")),
        sa.CheckConstraint("minor > 0", name=op.f("ck_payments_amount")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_payments_agreement_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["users.id"], name=op.f("fk_payments_confirmed_by_id")),
        sa.ForeignKeyConstraint(["reported_by_id"], ["users.id"], name=op.f("fk_payments_reported_by_id")),
        sa.ForeignKeyConstraint(["statement_id"], ["statements.id"], name=op.f("fk_payments_statement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("agreement_id", "key", name=op.f("uq_payments_agreement_id_key")),
    )
    op.create_index(op.f("ix_payments_agreement_id"), "payments", ["agreement_id"], unique=False)
    op.create_index(op.f("ix_payments_statement_id"), "payments", ["statement_id"], unique=False)
    op.create_table(
        "statement_lines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("statement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("code", sa.String(length=200), nullable=False),
        sa.Column("kg", sa.BigInteger(), nullable=True),
        sa.Column("pct", sa.String(length=40), nullable=True),
        sa.Column("minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("kind IN ('grade', 'deduction', 'advance')", name=op.f("ck_statement_lines_kind")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statements.id"], name=op.f("fk_statement_lines_statement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_lines")),
    )
    op.create_index(
        op.f("ix_statement_lines_statement_id"), "statement_lines", ["statement_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_statement_lines_statement_id"), table_name="statement_lines")
    op.drop_table("statement_lines")
    op.drop_index(op.f("ix_payments_statement_id"), table_name="payments")
    op.drop_index(op.f("ix_payments_agreement_id"), table_name="payments")
    op.drop_table("payments")
    op.drop_index(op.f("ix_member_shares_statement_id"), table_name="member_shares")
    op.drop_table("member_shares")
    op.drop_index(op.f("ix_lot_lines_lot_id"), table_name="lot_lines")
    op.drop_table("lot_lines")
    op.drop_index(op.f("ix_statements_agreement_id"), table_name="statements")
    op.drop_table("statements")
    op.drop_index(op.f("ix_lots_delivery_id"), table_name="lots")
    op.drop_table("lots")
    op.drop_index(op.f("ix_deliveries_state"), table_name="deliveries")
    op.drop_index(op.f("ix_deliveries_starts_on"), table_name="deliveries")
    op.drop_table("deliveries")
