"""The hashes of the PDFs of signed versions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sealed_pdfs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("language", sa.String(length=200), nullable=False),
        sa.Column("signatures", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["agreement_versions.id"], name=op.f("fk_sealed_pdfs_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_pdfs")),
        sa.UniqueConstraint(
            "version_id", "language", "signatures", name=op.f("uq_sealed_pdfs_version_id_language_signatures")
        ),
    )
    op.create_index(op.f("ix_sealed_pdfs_version_id"), "sealed_pdfs", ["version_id"], unique=False)
    op.create_index(op.f("ix_sealed_pdfs_sha256"), "sealed_pdfs", ["sha256"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_sealed_pdfs_sha256"), table_name="sealed_pdfs")
    op.drop_index(op.f("ix_sealed_pdfs_version_id"), table_name="sealed_pdfs")
    op.drop_table("sealed_pdfs")
