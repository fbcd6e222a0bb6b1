"""The tables of parties."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "login_attempts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempts")),
    )
    op.create_index(op.f("ix_login_attempts_account"), "login_attempts", ["account"], unique=False)
    op.create_index(op.f("ix_login_attempts_address"), "login_attempts", ["address"], unique=False)
    op.create_index(op.f("ix_login_attempts_at"), "login_attempts", ["at"], unique=False)
    op.create_table(
        "organizations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("legal_name", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=200), nullable=False),
        sa.Column("municipality", sa.String(length=200), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("legal_status", sa.String(length=200), nullable=False),
        sa.Column("tax_id", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=200), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("representative", sa.String(length=200), nullable=True),
        sa.Column("representative_power", sa.String(length=200), nullable=True),
        sa.Column("union_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("buyer_type", sa.String(length=200), nullable=True),
        sa.Column("members_total", sa.Integer(), nullable=True),
        sa.Column("members_women", sa.Integer(), nullable=True),
        sa.Column("members_indigenous", sa.Integer(), nullable=True),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("is_fictional", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('producer_org', 'union', 'buyer', 'broker', 'agency')",
            name=op.f("ck_organizations_kind"),
        ),
        sa.CheckConstraint(
            "legal_status IN ('registered', 'in_process', 'informal')",
            name=op.f("ck_organizations_legal_status"),
        ),
        sa.CheckConstraint(
            "union_id IS NULL OR (kind = 'producer_org' AND union_id <> id)",
            name=op.f("ck_organizations_union"),
        ),
        sa.CheckConstraint("lat IS NULL OR (lat BETWEEN -90 AND 90)", name=op.f("ck_organizations_lat")),
        sa.CheckConstraint("lon IS NULL OR (lon BETWEEN -180 AND 180)", name=op.f("ck_organizations_lon")),
        sa.CheckConstraint(
            "members_total IS NULL OR (coalesce(members_women, 0) <= members_total AND coalesce(members_indigenous, 0) <= members_total)",
            name=op.f("ck_organizations_members"),
        ),
        sa.ForeignKeyConstraint(["union_id"], ["organizations.id"], name=op.f("fk_organizations_union_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
        sa.UniqueConstraint("country", "tax_id", name=op.f("uq_organizations_country_tax_id")),
    )
    op.create_index(op.f("ix_organizations_legal_name"), "organizations", ["legal_name"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=200), nullable=False),
        sa.Column("totp_secret", sa.String(length=200), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_users_email_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "certificates",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scheme", sa.String(length=200), nullable=False),
        sa.Column("holder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("covers_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product", sa.String(length=200), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("number", sa.String(length=200), nullable=True),
        sa.Column("body", sa.String(length=200), nullable=True),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_certificates_validity")),
        sa.ForeignKeyConstraint(["covers_id"], ["organizations.id"], name=op.f("fk_certificates_covers_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["organizations.id"], name=op.f("fk_certificates_holder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
    )
    op.create_index(op.f("ix_certificates_covers_id"), "certificates", ["covers_id"], unique=False)
    op.create_index(op.f("ix_certificates_holder_id"), "certificates", ["holder_id"], unique=False)
    op.create_table(
        "mandates",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("broker_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fee_kind", sa.String(length=200), nullable=False),
        sa.Column("fee_pct", sa.String(length=40), nullable=True),
        sa.Column("fee_payer", sa.String(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("disclosed_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(length=200), nullable=False),
        sa.Column("consented_at", sa.DateTime(), nullable=True),
        sa.Column("consented_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "fee_kind IN ('success_pct', 'per_unit', 'retainer', 'programme_paid', 'hybrid')",
            name=op.f("ck_mandates_fee_kind"),
        ),
        sa.CheckConstraint(
            "fee_payer IN ('buyer', 'producer', 'both', 'programme')", name=op.f("ck_mandates_fee_payer")
        ),
        sa.CheckConstraint("state <> 'active' OR consented_at IS NOT NULL", name=op.f("ck_mandates_consent")),
        sa.CheckConstraint(
            "state IN ('proposed', 'active', 'declined', 'ended')", name=op.f("ck_mandates_state")
        ),
        sa.CheckConstraint("broker_id <> client_id", name=op.f("ck_mandates_two_parties")),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_mandates_term")),
        sa.ForeignKeyConstraint(["broker_id"], ["organizations.id"], name=op.f("fk_mandates_broker_id")),
        sa.ForeignKeyConstraint(["client_id"], ["organizations.id"], name=op.f("fk_mandates_client_id")),
        sa.ForeignKeyConstraint(["consented_by_id"], ["users.id"], name=op.f("fk_mandates_consented_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandates")),
    )
    op.create_index(op.f("ix_mandates_broker_id"), "mandates", ["broker_id"], unique=False)
    op.create_index(op.f("ix_mandates_client_id"), "mandates", ["client_id"], unique=False)
    op.create_index(
        "uq_mandates_live",
        "mandates",
        ["broker_id", "client_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('proposed', 'active')"),
        postgresql_where=sa.text("state IN ('proposed', 'active')"),
    )
    op.create_table(
        "memberships",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=200), nullable=False),
        sa.CheckConstraint("role IN ('manager', 'clerk', 'reader')", name=op.f("ck_memberships_role")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_memberships_organization_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_memberships_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint(
            "user_id", "organization_id", name=op.f("uq_memberships_user_id_organization_id")
        ),
    )
    op.create_index(op.f("ix_memberships_organization_id"), "memberships", ["organization_id"], unique=False)
    op.create_index(op.f("ix_memberships_user_id"), "memberships", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_memberships_user_id"), table_name="memberships")
    op.drop_index(op.f("ix_memberships_organization_id"), table_name="memberships")
    op.drop_table("memberships")
    op.drop_index(
        "uq_mandates_live",
        table_name="mandates",
        sqlite_where=sa.text("state IN ('proposed', 'active')"),
        postgresql_where=sa.text("state IN ('proposed', 'active')"),
    )
    op.drop_index(op.f("ix_mandates_client_id"), table_name="mandates")
    op.drop_index(op.f("ix_mandates_broker_id"), table_name="mandates")
    op.drop_table("mandates")
    op.drop_index(op.f("ix_certificates_holder_id"), table_name="certificates")
    op.drop_index(op.f("ix_certificates_covers_id"), table_name="certificates")
    op.drop_table("certificates")
    op.drop_table("users")
    op.drop_index(op.f("ix_organizations_legal_name"), table_name="organizations")
    op.drop_table("organizations")
    op.drop_index(op.f("ix_login_attempts_at"), table_name="login_attempts")
    op.drop_index(op.f("ix_login_attempts_address"), table_name="login_attempts")
    op.drop_index(op.f("ix_login_attempts_account"), table_name="login_attempts")
    op.drop_table("login_attempts")
