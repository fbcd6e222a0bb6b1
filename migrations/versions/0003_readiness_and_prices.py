"""The tables of readiness and prices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exchange_rates",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(length=200), nullable=False),
        sa.Column("quoted_on", sa.Date(), nullable=False),
        sa.Column("per_usd", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_rates")),
        sa.UniqueConstraint("currency", "quoted_on", name=op.f("uq_exchange_rates_currency_quoted_on")),
    )
    op.create_table(
        "price_points",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("series", sa.String(length=200), nullable=False),
        sa.Column("quoted_on", sa.Date(), nullable=False),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_points")),
        sa.UniqueConstraint("series", "quoted_on", name=op.f("uq_price_points_series_quoted_on")),
    )
    op.create_table(
        "assessments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("assessor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessor_id"], ["organizations.id"], name=op.f("fk_assessments_assessor_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_assessments_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
    )
    op.create_index(op.f("ix_assessments_organization_id"), "assessments", ["organization_id"], unique=False)
    op.create_table(
        "assessment_values",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("assessment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("indicator", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("evidence_on", sa.Date(), nullable=True),
        sa.Column("confidence_pct", sa.Integer(), nullable=False),
        sa.CheckConstraint("confidence_pct BETWEEN 0 AND 100", name=op.f("ck_assessment_values_confidence")),
        sa.CheckConstraint("value BETWEEN 0 AND 5", name=op.f("ck_assessment_values_value")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_assessment_values_assessment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_values")),
        sa.UniqueConstraint(
            "assessment_id", "indicator", name=op.f("uq_assessment_values_assessment_id_indicator")
        ),
    )
    op.create_index(
        op.f("ix_assessment_values_assessment_id"), "assessment_values", ["assessment_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_assessment_values_assessment_id"), table_name="assessment_values")
    op.drop_table("assessment_values")
    op.drop_index(op.f("ix_assessments_organization_id"), table_name="assessments")
    op.drop_table("assessments")
    op.drop_table("price_points")
    op.drop_table("exchange_rates")
