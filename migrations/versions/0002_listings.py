"""The tables of listings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "capacities",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product", sa.String(length=200), nullable=False),
        sa.Column("area_ha", sa.String(length=40), nullable=False),
        sa.Column("yield_t_ha_year", sa.String(length=40), nullable=False),
        sa.Column("grade_share_pct", sa.String(length=40), nullable=False),
        sa.Column("loss_pct", sa.String(length=40), nullable=False),
        sa.Column("delivery_share_pct", sa.String(length=40), nullable=False),
        sa.Column("calendar", sa.JSON(), nullable=False),
        sa.Column("volume_kg_year", sa.BigInteger(), nullable=False),
        sa.Column("elsewhere_kg_year", sa.BigInteger(), nullable=False),
        sa.Column("country", sa.String(length=200), nullable=False),
        sa.Column("municipality", sa.String(length=200), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("currency", sa.String(length=200), nullable=False),
        sa.Column("price_unit", sa.String(length=200), nullable=False),
        sa.Column("price_unit_kg", sa.String(length=40), nullable=False),
        sa.Column("ask_minor", sa.Integer(), nullable=True),
        sa.Column("reserve_minor", sa.Integer(), nullable=True),
        sa.Column("max_wait_days", sa.Integer(), nullable=False),
        sa.Column("min_lot_kg", sa.BigInteger(), nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("packing", sa.String(length=200), nullable=True),
        sa.Column("packing_kg", sa.String(length=40), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("visibility", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=200), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("request_key", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'partially_committed', 'fully_committed', 'stale', 'withdrawn')",
            name=op.f("ck_capacities_state"),
        ),
        sa.CheckConstraint(
            "visibility IN ('public', 'invited', 'broker')", name=op.f("ck_capacities_visibility")
        ),
        sa.CheckConstraint("ask_minor IS NULL OR ask_minor > 0", name=op.f("ck_capacities_ask")),
        sa.CheckConstraint(
            "elsewhere_kg_year >= 0 AND elsewhere_kg_year <= volume_kg_year",
            name=op.f("ck_capacities_elsewhere"),
        ),
        sa.CheckConstraint("max_wait_days BETWEEN 0 AND 365", name=op.f("ck_capacities_max_wait")),
        sa.CheckConstraint("reserve_minor IS NULL OR reserve_minor > 0", name=op.f("ck_capacities_reserve")),
        sa.CheckConstraint("volume_kg_year > 0", name=op.f("ck_capacities_volume")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_capacities_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capacities")),
        sa.UniqueConstraint(
            "organization_id", "reference", name=op.f("uq_capacities_organization_id_reference")
        ),
        sa.UniqueConstraint("request_key", name=op.f("uq_capacities_request_key")),
    )
    op.create_index("ix_capacities_browse", "capacities", ["state", "visibility", "product"], unique=False)
    op.create_index(op.f("ix_capacities_organization_id"), "capacities", ["organization_id"], unique=False)
    op.create_index(op.f("ix_capacities_product"), "capacities", ["product"], unique=False)
    op.create_table(
        "needs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("buyer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product", sa.String(length=200), nullable=False),
        sa.Column("quantity_kg", sa.BigInteger(), nullable=False),
        sa.Column("quantity_original", sa.String(length=40), nullable=False),
        sa.Column("quantity_unit", sa.String(length=200), nullable=False),
        sa.Column("quantity_factor", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reply_by", sa.Date(), nullable=False),
        sa.Column("total_kg", sa.BigInteger(), nullable=False),
        sa.Column("covered_kg", sa.BigInteger(), nullable=False),
        sa.Column("min_fill_pct", sa.Integer(), nullable=False),
        sa.Column("min_suppliers", sa.Integer(), nullable=False),
        sa.Column("max_suppliers", sa.Integer(), nullable=True),
        sa.Column("max_share_pct", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=200), nullable=False),
        sa.Column("municipality", sa.String(length=200), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("delivery_term", sa.String(length=200), nullable=False),
        sa.Column("currency", sa.String(length=200), nullable=False),
        sa.Column("price_method", sa.String(length=200), nullable=False),
        sa.Column("price_params", sa.JSON(), nullable=False),
        sa.Column("price_unit", sa.String(length=200), nullable=False),
        sa.Column("price_unit_kg", sa.String(length=40), nullable=False),
        sa.Column("price_minor", sa.Integer(), nullable=True),
        sa.Column("reserve_minor", sa.Integer(), nullable=True),
        sa.Column("payment_basis", sa.String(length=200), nullable=False),
        sa.Column("payment_days", sa.Integer(), nullable=False),
        sa.Column("advance_pct", sa.Integer(), nullable=False),
        sa.Column("payment_channel", sa.String(length=200), nullable=True),
        sa.Column("certificates", sa.JSON(), nullable=False),
        sa.Column("origins", sa.JSON(), nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("packing", sa.String(length=200), nullable=True),
        sa.Column("packing_kg", sa.String(length=40), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("visibility", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("request_key", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "period IN ('once', 'week', 'fortnight', 'month', 'season')", name=op.f("ck_needs_period")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'open', 'partially_covered', 'covered', 'closed', 'expired', 'withdrawn')",
            name=op.f("ck_needs_state"),
        ),
        sa.CheckConstraint("visibility IN ('public', 'invited', 'broker')", name=op.f("ck_needs_visibility")),
        sa.CheckConstraint("advance_pct BETWEEN 0 AND 100", name=op.f("ck_needs_advance")),
        sa.CheckConstraint(
            "covered_kg >= 0 AND covered_kg <= total_kg", name=op.f("ck_needs_not_overcovered")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_needs_window")),
        sa.CheckConstraint("max_share_pct BETWEEN 1 AND 100", name=op.f("ck_needs_max_share")),
        sa.CheckConstraint(
            "max_suppliers IS NULL OR max_suppliers >= min_suppliers", name=op.f("ck_needs_max_suppliers")
        ),
        sa.CheckConstraint("min_fill_pct BETWEEN 0 AND 100", name=op.f("ck_needs_min_fill")),
        sa.CheckConstraint("min_suppliers >= 1", name=op.f("ck_needs_min_suppliers")),
        sa.CheckConstraint("payment_days BETWEEN 0 AND 365", name=op.f("ck_needs_payment_days")),
        sa.CheckConstraint("price_minor IS NULL OR price_minor > 0", name=op.f("ck_needs_price")),
        sa.CheckConstraint("quantity_kg > 0", name=op.f("ck_needs_quantity")),
        sa.CheckConstraint("reserve_minor IS NULL OR reserve_minor > 0", name=op.f("ck_needs_reserve")),
        sa.ForeignKeyConstraint(["buyer_id"], ["organizations.id"], name=op.f("fk_needs_buyer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_needs")),
        sa.UniqueConstraint("buyer_id", "reference", name=op.f("uq_needs_buyer_id_reference")),
        sa.UniqueConstraint("request_key", name=op.f("uq_needs_request_key")),
    )
    op.create_index("ix_needs_browse", "needs", ["state", "visibility", "product"], unique=False)
    op.create_index(op.f("ix_needs_buyer_id"), "needs", ["buyer_id"], unique=False)
    op.create_index(op.f("ix_needs_product"), "needs", ["product"], unique=False)
    op.create_table(
        "capacity_slots",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("capacity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("available_kg", sa.BigInteger(), nullable=False),
        sa.Column("reserved_kg", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('week', 'year')", name=op.f("ck_capacity_slots_kind")),
        sa.CheckConstraint(
            "reserved_kg >= 0 AND reserved_kg <= available_kg", name=op.f("ck_capacity_slots_not_oversold")
        ),
        sa.ForeignKeyConstraint(
            ["capacity_id"], ["capacities.id"], name=op.f("fk_capacity_slots_capacity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capacity_slots")),
        sa.UniqueConstraint(
            "capacity_id", "kind", "starts_on", name=op.f("uq_capacity_slots_capacity_id_kind_starts_on")
        ),
    )
    op.create_index(op.f("ix_capacity_slots_capacity_id"), "capacity_slots", ["capacity_id"], unique=False)
    op.create_table(
        "contributions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("type", sa.String(length=200), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("value_minor", sa.Integer(), nullable=True),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("reimbursable", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "type <> 'technical_assistance' OR NOT reimbursable",
            name=op.f("ck_contributions_assistance_is_free"),
        ),
        sa.CheckConstraint(
            "type IN ('technical_assistance', 'seed', 'inputs', 'packing', 'transport', 'prefinance', 'certification')",
            name=op.f("ck_contributions_type"),
        ),
        sa.CheckConstraint("value_minor IS NULL OR value_minor >= 0", name=op.f("ck_contributions_value")),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_contributions_need_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contributions")),
    )
    op.create_index(op.f("ix_contributions_need_id"), "contributions", ["need_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_contributions_need_id"), table_name="contributions")
    op.drop_table("contributions")
    op.drop_index(op.f("ix_capacity_slots_capacity_id"), table_name="capacity_slots")
    op.drop_table("capacity_slots")
    op.drop_index(op.f("ix_needs_product"), table_name="needs")
    op.drop_index(op.f("ix_needs_buyer_id"), table_name="needs")
    op.drop_index("ix_needs_browse", table_name="needs")
    op.drop_table("needs")
    op.drop_index(op.f("ix_capacities_product"), table_name="capacities")
    op.drop_index(op.f("ix_capacities_organization_id"), table_name="capacities")
    op.drop_index("ix_capacities_browse", table_name="capacities")
    op.drop_table("capacities")
