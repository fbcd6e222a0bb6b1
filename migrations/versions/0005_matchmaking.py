"""The tables of matchmaking."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matching_runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("broker_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("policy", sa.JSON(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=200), nullable=False),
        sa.Column("stage", sa.String(length=200), nullable=False),
        sa.Column("progress_pct", sa.Integer(), nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("snapshot_hash", sa.String(length=200), nullable=True),
        sa.Column("status", sa.String(length=200), nullable=True),
        sa.Column("value_usd", sa.Double(), nullable=True),
        sa.Column("bound_usd", sa.Double(), nullable=True),
        sa.Column("gap", sa.Double(), nullable=True),
        sa.Column("stats", sa.JSON(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'cancelled')",
            name=op.f("ck_matching_runs_state"),
        ),
        sa.CheckConstraint("progress_pct BETWEEN 0 AND 100", name=op.f("ck_matching_runs_progress")),
        sa.ForeignKeyConstraint(["broker_id"], ["organizations.id"], name=op.f("fk_matching_runs_broker_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_matching_runs_created_by_id")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_matching_runs_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matching_runs")),
    )
    op.create_index(op.f("ix_matching_runs_broker_id"), "matching_runs", ["broker_id"], unique=False)
    op.create_table(
        "candidates",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("capacity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("quantity_kg", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("pair", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["capacity_id"], ["capacities.id"], name=op.f("fk_candidates_capacity_id")),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_candidates_need_id")),
        sa.ForeignKeyConstraint(["run_id"], ["matching_runs.id"], name=op.f("fk_candidates_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidates")),
        sa.UniqueConstraint(
            "run_id", "need_id", "capacity_id", name=op.f("uq_candidates_run_id_need_id_capacity_id")
        ),
    )
    op.create_index(op.f("ix_candidates_capacity_id"), "candidates", ["capacity_id"], unique=False)
    op.create_index(op.f("ix_candidates_need_id"), "candidates", ["need_id"], unique=False)
    op.create_index(op.f("ix_candidates_run_id"), "candidates", ["run_id"], unique=False)
    op.create_table(
        "need_results",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("need_version", sa.Integer(), nullable=False),
        sa.Column("planned_kg", sa.BigInteger(), nullable=False),
        sa.Column("total_kg", sa.BigInteger(), nullable=False),
        sa.Column("per_period", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_need_results_need_id")),
        sa.ForeignKeyConstraint(["run_id"], ["matching_runs.id"], name=op.f("fk_need_results_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_results")),
        sa.UniqueConstraint("run_id", "need_id", name=op.f("uq_need_results_run_id_need_id")),
    )
    op.create_index(op.f("ix_need_results_need_id"), "need_results", ["need_id"], unique=False)
    op.create_index(op.f("ix_need_results_run_id"), "need_results", ["run_id"], unique=False)
    op.create_table(
        "suggestions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("broker_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("capacity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("need_version", sa.Integer(), nullable=False),
        sa.Column("capacity_version", sa.Integer(), nullable=False),
        sa.Column("periods", sa.JSON(), nullable=False),
        sa.Column("total_kg", sa.BigInteger(), nullable=False),
        sa.Column("price_low", sa.Integer(), nullable=False),
        sa.Column("price_high", sa.Integer(), nullable=False),
        sa.Column("price_proposed", sa.Integer(), nullable=False),
        sa.Column("freight", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=200), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("explanation", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("buyer_accepted_at", sa.DateTime(), nullable=True),
        sa.Column("producer_accepted_at", sa.DateTime(), nullable=True),
        sa.Column("declined_by", sa.String(length=200), nullable=True),
        sa.Column("decline_reason", sa.String(length=200), nullable=True),
        sa.Column("decline_note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'declined' OR decline_reason IS NOT NULL", name=op.f("ck_suggestions_reason")
        ),
        sa.CheckConstraint(
            "state IN ('generated', 'shortlisted', 'sent', 'accepted_one', 'accepted_both', 'converted', 'declined', 'stale')",
            name=op.f("ck_suggestions_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted_both', 'converted') OR (buyer_accepted_at IS NOT NULL AND producer_accepted_at IS NOT NULL)",
            name=op.f("ck_suggestions_both"),
        ),
        sa.CheckConstraint(
            "price_low <= price_proposed AND price_proposed <= price_high",
            name=op.f("ck_suggestions_corridor"),
        ),
        sa.CheckConstraint("total_kg > 0", name=op.f("ck_suggestions_total")),
        sa.ForeignKeyConstraint(["broker_id"], ["organizations.id"], name=op.f("fk_suggestions_broker_id")),
        sa.ForeignKeyConstraint(["capacity_id"], ["capacities.id"], name=op.f("fk_suggestions_capacity_id")),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_suggestions_need_id")),
        sa.ForeignKeyConstraint(["run_id"], ["matching_runs.id"], name=op.f("fk_suggestions_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestions")),
    )
    op.create_index(op.f("ix_suggestions_broker_id"), "suggestions", ["broker_id"], unique=False)
    op.create_index("ix_suggestions_capacity_state", "suggestions", ["capacity_id", "state"], unique=False)
    op.create_index("ix_suggestions_need_state", "suggestions", ["need_id", "state"], unique=False)
    op.create_index(op.f("ix_suggestions_run_id"), "suggestions", ["run_id"], unique=False)
    op.create_index(
        "uq_suggestions_live",
        "suggestions",
        ["need_id", "capacity_id"],
        unique=True,
        sqlite_where=sa.text(
            "state IN ('shortlisted', 'sent', 'accepted_one', 'accepted_both', 'converted')"
        ),
        postgresql_where=sa.text(
            "state IN ('shortlisted', 'sent', 'accepted_one', 'accepted_both', 'converted')"
        ),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_suggestions_live",
        table_name="suggestions",
        sqlite_where=sa.text(
            "state IN ('shortlisted', 'sent', 'accepted_one', 'accepted_both', 'converted')"
        ),
        postgresql_where=sa.text(
            "state IN ('shortlisted', 'sent', 'accepted_one', 'accepted_both', 'converted')"
        ),
    )
    op.drop_index(op.f("ix_suggestions_run_id"), table_name="suggestions")
    op.drop_index("ix_suggestions_need_state", table_name="suggestions")
    op.drop_index("ix_suggestions_capacity_state", table_name="suggestions")
    op.drop_index(op.f("ix_suggestions_broker_id"), table_name="suggestions")
    op.drop_table("suggestions")
    op.drop_index(op.f("ix_need_results_run_id"), table_name="need_results")
    op.drop_index(op.f("ix_need_results_need_id"), table_name="need_results")
    op.drop_table("need_results")
    op.drop_index(op.f("ix_candidates_run_id"), table_name="candidates")
    op.drop_index(op.f("ix_candidates_need_id"), table_name="candidates")
    op.drop_index(op.f("ix_candidates_capacity_id"), table_name="candidates")
    op.drop_table("candidates")
    op.drop_index(op.f("ix_matching_runs_broker_id"), table_name="matching_runs")
    op.drop_table("matching_runs")
