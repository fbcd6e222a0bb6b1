"""The tables of agreements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agreements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("suggestion_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("buyer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("broker_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'negotiating', 'negotiated', 'signed', 'active', 'completed', 'abandoned', 'terminated')",
            name=op.f("ck_agreements_state"),
        ),
        sa.CheckConstraint("buyer_id <> organization_id", name=op.f("ck_agreements_two_parties")),
        sa.ForeignKeyConstraint(["broker_id"], ["organizations.id"], name=op.f("fk_agreements_broker_id")),
        sa.ForeignKeyConstraint(["buyer_id"], ["organizations.id"], name=op.f("fk_agreements_buyer_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_agreements_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["suggestion_id"], ["suggestions.id"], name=op.f("fk_agreements_suggestion_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
        sa.UniqueConstraint("suggestion_id", name=op.f("uq_agreements_suggestion_id")),
    )
    op.create_index(op.f("ix_agreements_broker_id"), "agreements", ["broker_id"], unique=False)
    op.create_index(op.f("ix_agreements_buyer_id"), "agreements", ["buyer_id"], unique=False)
    op.create_index(op.f("ix_agreements_organization_id"), "agreements", ["organization_id"], unique=False)
    op.create_table(
        "agreement_versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agreement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_agreement_versions_number")),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreements.id"], name=op.f("fk_agreement_versions_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_agreement_versions_created_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_versions")),
        sa.UniqueConstraint("agreement_id", "number", name=op.f("uq_agreement_versions_agreement_id_number")),
    )
    op.create_index(
        op.f("ix_agreement_versions_agreement_id"), "agreement_versions", ["agreement_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_agreement_versions_agreement_id"), table_name="agreement_versions")
    op.drop_table("agreement_versions")
    op.drop_index(op.f("ix_agreements_organization_id"), table_name="agreements")
    op.drop_index(op.f("ix_agreements_buyer_id"), table_name="agreements")
    op.drop_index(op.f("ix_agreements_broker_id"), table_name="agreements")
    op.drop_table("agreements")
