"""Prices wider than 32 bits: 22 million pesos a tonne did not fit. SQLite's whole numbers are that wide already."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

COLUMNS = (
    ("needs", "price_minor", True),
    ("needs", "reserve_minor", True),
    ("contributions", "value_minor", True),
    ("capacities", "ask_minor", True),
    ("capacities", "reserve_minor", True),
    ("suggestions", "price_low", False),
    ("suggestions", "price_high", False),
    ("suggestions", "price_proposed", False),
    ("suggestions", "freight", False),
)


def upgrade() -> None:
    _alter(sa.Integer(), sa.BigInteger())


def downgrade() -> None:
    _alter(sa.BigInteger(), sa.Integer())


def _alter(before: sa.Integer, after: sa.Integer) -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for table, column, nullable in COLUMNS:
        op.alter_column(table, column, existing_type=before, type_=after, existing_nullable=nullable)
