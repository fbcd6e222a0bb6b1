"""The inbox, how people want their mail, and links that can be opened without an account."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_settings",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_to", sa.Time(), nullable=True),
        sa.Column("urgent_passes", sa.Boolean(), nullable=False),
        sa.Column("time_zone", sa.String(length=200), nullable=True),
        sa.Column("digest_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("(quiet_from IS NULL) = (quiet_to IS NULL)", name=op.f("ck_mail_settings_quiet")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_mail_settings_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_mail_settings")),
    )
    op.create_table(
        "notifications",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("letter", sa.String(length=200), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.Column("mail", sa.String(length=200), nullable=False),
        sa.Column("mailed_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("mail IN ('at_once', 'daily', 'off')", name=op.f("ck_notifications_mail")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_notifications_organization_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notifications_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
    )
    op.create_index(
        "ix_notifications_digest", "notifications", ["user_id", "mail", "mailed_at"], unique=False
    )
    op.create_index("ix_notifications_inbox", "notifications", ["user_id", "read_at", "at"], unique=False)
    op.create_table(
        "share_links",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_sha256", sa.String(length=200), nullable=False),
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("capacity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("with_price", sa.Boolean(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "(need_id IS NULL) <> (capacity_id IS NULL)", name=op.f("ck_share_links_one_listing")
        ),
        sa.CheckConstraint(
            "NOT with_price OR need_id IS NOT NULL", name=op.f("ck_share_links_price_of_need")
        ),
        sa.CheckConstraint("expires_at > made_at", name=op.f("ck_share_links_term")),
        sa.ForeignKeyConstraint(["capacity_id"], ["capacities.id"], name=op.f("fk_share_links_capacity_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_share_links_made_by_id")),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_share_links_need_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_share_links_organization_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organizations.id"], name=op.f("fk_share_links_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_links")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_share_links_token_sha256")),
    )
    op.create_index(op.f("ix_share_links_capacity_id"), "share_links", ["capacity_id"], unique=False)
    op.create_index(op.f("ix_share_links_made_by_id"), "share_links", ["made_by_id"], unique=False)
    op.create_index(op.f("ix_share_links_need_id"), "share_links", ["need_id"], unique=False)
    op.create_index(op.f("ix_share_links_organization_id"), "share_links", ["organization_id"], unique=False)
    op.create_index(op.f("ix_share_links_owner_id"), "share_links", ["owner_id"], unique=False)
    with op.batch_alter_table("messages") as batch:
        batch.add_column(
            sa.Column("reader_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch.add_column(sa.Column("kind", sa.String(length=200), nullable=True))
        batch.create_foreign_key(op.f("fk_messages_reader_id"), "users", ["reader_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("messages") as batch:
        batch.drop_constraint(op.f("fk_messages_reader_id"), type_="foreignkey")
        batch.drop_column("kind")
        batch.drop_column("reader_id")
    op.drop_index(op.f("ix_share_links_owner_id"), table_name="share_links")
    op.drop_index(op.f("ix_share_links_organization_id"), table_name="share_links")
    op.drop_index(op.f("ix_share_links_need_id"), table_name="share_links")
    op.drop_index(op.f("ix_share_links_made_by_id"), table_name="share_links")
    op.drop_index(op.f("ix_share_links_capacity_id"), table_name="share_links")
    op.drop_table("share_links")
    op.drop_index("ix_notifications_inbox", table_name="notifications")
    op.drop_index("ix_notifications_digest", table_name="notifications")
    op.drop_table("notifications")
    op.drop_table("mail_settings")
