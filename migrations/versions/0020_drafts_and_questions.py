"""Capacities answered question by question, questions about needs, and why a suggestion ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COLUMNS = (
    ("capacities", "kg_week", sa.BigInteger()),
    ("capacities", "confirmed_before", sa.DateTime()),
    ("suggestions", "ended_because", sa.String(length=200)),
    ("suggestions", "ended_note", sa.Text()),
)


def upgrade() -> None:
    for table, column, kind in COLUMNS:
        op.add_column(table, sa.Column(column, kind, nullable=True))
    op.create_table(
        "capacity_drafts",
        sa.Column("id", ID, nullable=False),
        sa.Column("organization_id", ID, nullable=False),
        sa.Column("product", sa.String(length=200), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("separator", sa.String(length=200), nullable=False),
        sa.Column("step", sa.String(length=200), nullable=False),
        sa.Column("request_key", sa.String(length=200), nullable=False),
        sa.Column("capacity_id", ID, nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["capacity_id"], ["capacities.id"], name=op.f("fk_capacity_drafts_capacity_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_capacity_drafts_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capacity_drafts")),
        sa.UniqueConstraint(
            "organization_id", "request_key", name=op.f("uq_capacity_drafts_organization_id_request_key")
        ),
    )
    op.create_table(
        "need_questions",
        sa.Column("id", ID, nullable=False),
        sa.Column("need_id", ID, nullable=False),
        sa.Column("asked_by_id", ID, nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("request_key", sa.String(length=200), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "answer IS NULL OR answered_at IS NOT NULL", name=op.f("ck_need_questions_answered")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["organizations.id"], name=op.f("fk_need_questions_asked_by_id")
        ),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_need_questions_need_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_questions")),
        sa.UniqueConstraint(
            "asked_by_id", "request_key", name=op.f("uq_need_questions_asked_by_id_request_key")
        ),
    )
    op.create_index(op.f("ix_need_questions_need_id"), "need_questions", ["need_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_need_questions_need_id"), table_name="need_questions")
    op.drop_table("need_questions")
    op.drop_table("capacity_drafts")
    for table, column, _ in reversed(COLUMNS):
        op.drop_column(table, column)
