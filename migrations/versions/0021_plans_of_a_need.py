"""What-if runs of one need, which plan of a need is in force since when, and which plan counts on a suggestion."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# What refers to another table is written into its column: making the tables of SQLite anew would lose their checks.
REFERENCES = (("matching_runs", "need_id", "needs"), ("suggestions", "plan_run_id", "matching_runs"))


def upgrade() -> None:
    kind = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    for table, column, other in REFERENCES:
        named = f"CONSTRAINT fk_{table}_{column} REFERENCES {other} (id)"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind} {named}")
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
    op.add_column("matching_runs", sa.Column("wishes", sa.JSON(), nullable=True))
    op.add_column("matching_runs", sa.Column("discarded_at", sa.DateTime(), nullable=True))
    op.add_column("need_results", sa.Column("in_force_at", sa.DateTime(), nullable=True))
    op.execute(
        "UPDATE need_results SET in_force_at = "
        "(SELECT finished_at FROM matching_runs WHERE id = need_results.run_id AND state = 'done')"
    )
    op.execute("UPDATE suggestions SET plan_run_id = run_id")


def downgrade() -> None:
    """A what-if that suggested nothing is forgotten; the others become runs of the market that saw one need."""
    idle = "(SELECT id FROM matching_runs WHERE need_id IS NOT NULL AND id NOT IN (SELECT run_id FROM suggestions))"
    op.execute("UPDATE suggestions SET plan_run_id = NULL")
    for table in ("candidates", "need_results"):
        op.execute(f"DELETE FROM {table} WHERE run_id IN {idle}")
    op.execute(f"DELETE FROM matching_runs WHERE id IN {idle}")
    op.drop_column("need_results", "in_force_at")
    for column in ("discarded_at", "wishes"):
        op.drop_column("matching_runs", column)
    for table, column, _ in reversed(REFERENCES):
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
        op.drop_column(table, column)
