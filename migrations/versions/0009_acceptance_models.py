"""What broker houses learn about acceptance."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "acceptance_models",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("broker_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("backtest", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=200), nullable=False),
        sa.Column("state_since", sa.DateTime(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.CheckConstraint("state IN ('on', 'off')", name=op.f("ck_acceptance_models_state")),
        sa.CheckConstraint("state = 'off' OR NOT held", name=op.f("ck_acceptance_models_held")),
        sa.ForeignKeyConstraint(
            ["broker_id"], ["organizations.id"], name=op.f("fk_acceptance_models_broker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance_models")),
        sa.UniqueConstraint("broker_id", "version", name=op.f("uq_acceptance_models_broker_id_version")),
    )
    op.create_index(
        "uq_acceptance_models_on",
        "acceptance_models",
        ["broker_id"],
        unique=True,
        sqlite_where=sa.text("state = 'on'"),
        postgresql_where=sa.text("state = 'on'"),
    )


def downgrade() -> None:
    op.drop_index("uq_acceptance_models_on", table_name="acceptance_models")
    op.drop_table("acceptance_models")
