"""What a buyer usually rejects, with each need; and of which product a quotation is the market price."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("needs", sa.Column("usual_rejects_pct", sa.String(length=40), nullable=True))
    op.add_column("price_points", sa.Column("product", sa.String(length=200), nullable=True))


def downgrade() -> None:
    op.drop_column("price_points", "product")
    op.drop_column("needs", "usual_rejects_pct")
