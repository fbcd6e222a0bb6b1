"""Amendments, renewals, agreements through a union, and clauses of a broker house.

An agreement no longer comes of exactly one suggestion: what each capacity promises stands in a part.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BINDING = "(signed_at IS NULL) = (binding IS NULL)"
NEW_VERSION_CHECKS = {
    "amends": "amends IS NULL OR amends < number",
    "dropped": "dropped_at IS NULL OR amends IS NOT NULL",
}


def upgrade() -> None:
    _create_tables()
    connection = op.get_bind()
    with op.batch_alter_table("agreements") as batch:
        batch.add_column(sa.Column("need_id", ID, nullable=True))
        batch.add_column(sa.Column("binding", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("renews_id", ID, nullable=True))
        batch.create_foreign_key(op.f("fk_agreements_need_id"), "needs", ["need_id"], ["id"])
        batch.create_foreign_key(op.f("fk_agreements_renews_id"), "agreements", ["renews_id"], ["id"])
        batch.create_unique_constraint(op.f("uq_agreements_renews_id"), ["renews_id"])
    _split(connection)
    with op.batch_alter_table("agreements") as batch:
        batch.alter_column("need_id", existing_type=ID, nullable=False)
        batch.drop_constraint(op.f("uq_agreements_suggestion_id"), type_="unique")
        batch.drop_constraint(op.f("fk_agreements_suggestion_id"), type_="foreignkey")
        batch.drop_column("suggestion_id")
        batch.create_index(op.f("ix_agreements_need_id"), ["need_id"])
        batch.create_check_constraint(op.f("ck_agreements_binding"), BINDING)
    with op.batch_alter_table("agreement_versions") as batch:
        batch.add_column(sa.Column("amends", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("dropped_at", sa.DateTime(), nullable=True))
        for name, condition in NEW_VERSION_CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_agreement_versions_{name}"), condition)


def downgrade() -> None:
    connection = op.get_bind()
    _without_what_was_not_possible(connection)
    with op.batch_alter_table("agreement_versions") as batch:
        for name in NEW_VERSION_CHECKS:
            batch.drop_constraint(op.f(f"ck_agreement_versions_{name}"), type_="check")
        batch.drop_column("amends")
        batch.drop_column("dropped_at")
    with op.batch_alter_table("agreements") as batch:
        batch.drop_constraint(op.f("ck_agreements_binding"), type_="check")
        batch.add_column(sa.Column("suggestion_id", ID, nullable=True))
        batch.create_foreign_key(
            op.f("fk_agreements_suggestion_id"), "suggestions", ["suggestion_id"], ["id"]
        )
        batch.drop_index(op.f("ix_agreements_need_id"))
        for name in ("need_id", "renews_id"):
            batch.drop_constraint(op.f(f"fk_agreements_{name}"), type_="foreignkey")
        batch.drop_constraint(op.f("uq_agreements_renews_id"), type_="unique")
        for name in ("need_id", "binding", "renews_id"):
            batch.drop_column(name)
    connection.execute(
        sa.text(
            "UPDATE agreements SET suggestion_id = (SELECT min(p.suggestion_id) FROM agreement_parts p"
            " WHERE p.agreement_id = agreements.id)"
        )
    )
    with op.batch_alter_table("agreements") as batch:
        batch.alter_column("suggestion_id", existing_type=ID, nullable=False)
        batch.create_unique_constraint(op.f("uq_agreements_suggestion_id"), ["suggestion_id"])
    for table in ("house_clauses", "signing_mandates", "agreement_parts"):
        op.drop_table(table)


def _split(connection: sa.Connection) -> None:
    """Each agreement's one suggestion becomes its one part."""
    connection.execute(
        sa.text(
            "UPDATE agreements SET need_id = (SELECT s.need_id FROM suggestions s WHERE s.id = suggestion_id)"
        )
    )
    connection.execute(
        sa.text(
            "UPDATE agreements SET binding = (SELECT max(v.number) FROM agreement_versions v"
            " WHERE v.agreement_id = agreements.id) WHERE signed_at IS NOT NULL"
        )
    )
    connection.execute(
        sa.text(
            "INSERT INTO agreement_parts (agreement_id, suggestion_id, capacity_id, promised)"
            " SELECT a.id, s.id, s.capacity_id, a.promised FROM agreements a"
            " JOIN suggestions s ON s.id = a.suggestion_id ORDER BY a.id"
        )
    )


def _without_what_was_not_possible(connection: sa.Connection) -> None:
    """Raises RuntimeError where agreements say what could not be said before: renewals come of no suggestion, those of a
    union of several, and the last version was always the one that is in force."""
    lost = {
        "renewed agreements": "SELECT count(*) FROM agreements WHERE renews_id IS NOT NULL",
        "agreements through a union": "SELECT count(*) FROM (SELECT agreement_id FROM agreement_parts"
        " GROUP BY agreement_id HAVING count(*) > 1) several",
        "amendments that are not signed": "SELECT count(*) FROM agreement_versions v JOIN agreements a"
        " ON a.id = v.agreement_id WHERE v.number > a.binding",
    }
    for what, query in lost.items():
        if found := connection.scalar(sa.text(query)):
            raise RuntimeError(f"{found} {what} cannot be taken back")


def _create_tables() -> None:
    op.create_table(
        "agreement_parts",
        sa.Column("id", ID, nullable=False),
        sa.Column("agreement_id", ID, nullable=False),
        sa.Column("suggestion_id", ID, nullable=True),
        sa.Column("capacity_id", ID, nullable=False),
        sa.Column("promised", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreements.id"], name=op.f("fk_agreement_parts_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["suggestion_id"], ["suggestions.id"], name=op.f("fk_agreement_parts_suggestion_id")
        ),
        sa.ForeignKeyConstraint(
            ["capacity_id"], ["capacities.id"], name=op.f("fk_agreement_parts_capacity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_parts")),
        sa.UniqueConstraint("suggestion_id", name=op.f("uq_agreement_parts_suggestion_id")),
        sa.UniqueConstraint(
            "agreement_id", "capacity_id", name=op.f("uq_agreement_parts_agreement_id_capacity_id")
        ),
    )
    for column in ("agreement_id", "capacity_id"):
        op.create_index(op.f(f"ix_agreement_parts_{column}"), "agreement_parts", [column])
    op.create_table(
        "signing_mandates",
        sa.Column("id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("union_id", ID, nullable=False),
        sa.Column("minutes", sa.String(length=200), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.Column("given_by_id", ID, nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("member_id <> union_id", name=op.f("ck_signing_mandates_two_parties")),
        sa.CheckConstraint("ends_on > given_on", name=op.f("ck_signing_mandates_term")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["organizations.id"], name=op.f("fk_signing_mandates_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["union_id"], ["organizations.id"], name=op.f("fk_signing_mandates_union_id")
        ),
        sa.ForeignKeyConstraint(["given_by_id"], ["users.id"], name=op.f("fk_signing_mandates_given_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_mandates")),
    )
    for column in ("member_id", "union_id"):
        op.create_index(op.f(f"ix_signing_mandates_{column}"), "signing_mandates", [column])
    _live("uq_signing_mandates_live", "signing_mandates", ["member_id"], "revoked_at IS NULL")
    op.create_table(
        "house_clauses",
        sa.Column("id", ID, nullable=False),
        sa.Column("broker_id", ID, nullable=False),
        sa.Column("stem", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        *(sa.Column(f"title_{code}", sa.String(length=200), nullable=False) for code in ("es", "en")),
        *(sa.Column(f"text_{code}", sa.Text(), nullable=False) for code in ("es", "en")),
        sa.Column("products", sa.JSON(), nullable=False),
        sa.Column("countries", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", ID, nullable=True),
        sa.Column("retired_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("version >= 1", name=op.f("ck_house_clauses_version")),
        sa.CheckConstraint("part BETWEEN 1 AND 6", name=op.f("ck_house_clauses_part")),
        sa.ForeignKeyConstraint(["broker_id"], ["organizations.id"], name=op.f("fk_house_clauses_broker_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_house_clauses_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_house_clauses")),
        sa.UniqueConstraint(
            "broker_id", "stem", "version", name=op.f("uq_house_clauses_broker_id_stem_version")
        ),
    )
    op.create_index(op.f("ix_house_clauses_broker_id"), "house_clauses", ["broker_id"])
    _live("uq_house_clauses_live", "house_clauses", ["broker_id", "stem"], "retired_at IS NULL")


def _live(name: str, table: str, columns: list[str], condition: str) -> None:
    op.create_index(
        name,
        table,
        columns,
        unique=True,
        sqlite_where=sa.text(condition),
        postgresql_where=sa.text(condition),
    )
