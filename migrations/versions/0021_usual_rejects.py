"""What a buyer usually rejects, with each need."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("needs", sa.Column("usual_rejects_pct", sa.String(length=40), nullable=True))


def downgrade() -> None:
    op.drop_column("needs", "usual_rejects_pct")
