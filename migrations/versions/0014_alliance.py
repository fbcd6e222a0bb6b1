"""Committee, grievances, breaches, notices and contributions as given."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "breaches",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agreement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("side", sa.String(length=200), nullable=False),
        sa.Column("clause", sa.String(length=200), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("notified_at", sa.DateTime(), nullable=False),
        sa.Column("cure_until", sa.Date(), nullable=False),
        sa.Column("cure", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=200), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("(state = 'notified') = (ended_at IS NULL)", name=op.f("ck_breaches_ended")),
        sa.CheckConstraint("side IN ('buyer', 'producer')", name=op.f("ck_breaches_side")),
        sa.CheckConstraint(
            "state IN ('notified', 'cured', 'breached', 'withdrawn')", name=op.f("ck_breaches_state")
        ),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_breaches_agreement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breaches")),
    )
    op.create_index(op.f("ix_breaches_agreement_id"), "breaches", ["agreement_id"], unique=False)
    op.create_index(
        "uq_breaches_open",
        "breaches",
        ["agreement_id"],
        unique=True,
        sqlite_where=sa.text("state = 'notified'"),
        postgresql_where=sa.text("state = 'notified'"),
    )
    op.create_table(
        "given_contributions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agreement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(length=200), nullable=False),
        sa.Column("said_at", sa.DateTime(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.CheckConstraint("minor >= 0", name=op.f("ck_given_contributions_amount")),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreements.id"], name=op.f("fk_given_contributions_agreement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_given_contributions")),
        sa.UniqueConstraint("agreement_id", "key", name=op.f("uq_given_contributions_agreement_id_key")),
    )
    op.create_index(
        op.f("ix_given_contributions_agreement_id"), "given_contributions", ["agreement_id"], unique=False
    )
    op.create_table(
        "grievances",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agreement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("side", sa.String(length=200), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.CheckConstraint("side IN ('buyer', 'producer')", name=op.f("ck_grievances_side")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_grievances_agreement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grievances")),
        sa.UniqueConstraint("agreement_id", "key", name=op.f("uq_grievances_agreement_id_key")),
    )
    op.create_index(op.f("ix_grievances_agreement_id"), "grievances", ["agreement_id"], unique=False)
    op.create_table(
        "meetings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agreement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("for_buyer", sa.String(length=200), nullable=False),
        sa.Column("for_producer", sa.String(length=200), nullable=False),
        sa.Column("others", sa.String(length=200), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("written_by", sa.String(length=200), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("written_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("agreed_at", sa.DateTime(), nullable=True),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.CheckConstraint("written_by IN ('buyer', 'producer')", name=op.f("ck_meetings_written_by")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_meetings_agreement_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["users.id"], name=op.f("fk_meetings_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
        sa.UniqueConstraint("agreement_id", "key", name=op.f("uq_meetings_agreement_id_key")),
    )
    op.create_index(op.f("ix_meetings_agreement_id"), "meetings", ["agreement_id"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agreement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("side", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.CheckConstraint("side IN ('buyer', 'producer')", name=op.f("ck_notices_side")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_notices_agreement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("agreement_id", name=op.f("uq_notices_agreement_id")),
    )
    op.create_table(
        "committee_tasks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("clause", sa.String(length=200), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("owner IN ('buyer', 'producer', 'broker')", name=op.f("ck_committee_tasks_owner")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_committee_tasks_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committee_tasks")),
    )
    op.create_index(op.f("ix_committee_tasks_meeting_id"), "committee_tasks", ["meeting_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_committee_tasks_meeting_id"), table_name="committee_tasks")
    op.drop_table("committee_tasks")
    op.drop_table("notices")
    op.drop_index(op.f("ix_meetings_agreement_id"), table_name="meetings")
    op.drop_table("meetings")
    op.drop_index(op.f("ix_grievances_agreement_id"), table_name="grievances")
    op.drop_table("grievances")
    op.drop_index(op.f("ix_given_contributions_agreement_id"), table_name="given_contributions")
    op.drop_table("given_contributions")
    op.drop_index(
        "uq_breaches_open",
        table_name="breaches",
        sqlite_where=sa.text("state = 'notified'"),
        postgresql_where=sa.text("state = 'notified'"),
    )
    op.drop_index(op.f("ix_breaches_agreement_id"), table_name="breaches")
    op.drop_table("breaches")
