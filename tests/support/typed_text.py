"""Every form that takes what somebody types, and the pages on which it is shown again."""

from __future__ import annotations

from typing import Any

from broker.readiness.indicators import for_scope
from tests.factories.listings import CAPACITY, NEED
from tests.support.routes import BODIES
from tests.support.site import VISITOR, Site

SMALL_NEED = NEED | {"min_suppliers": "1"}
REPRESENTATIVE = "organization.representative"
OFFER = {"base": "1", "asked": REPRESENTATIVE}
PAYMENT = {"amount": "1", "paid_on": "2026-11-20", "channel": "cash", "key": "k2"}
NUMBERS_OF_OFFER = {
    "base": "1",
    "show": "all",
    "asked": "payment.days",
    "payment.days": "5",
    "reply_by": "2026-12-24",
    "kg-2026-12-07": "1",
}
FIELDS_OF_STEPS = {
    "code": "L",
    "kg": "1",
    "harvested_on": "2026-11-01",
    "lines": "Rosa; 1",
    "gross_kg": "2",
    "tare_kg": "1",
    "accepted_kg": "1",
    "downgraded_kg": "0",
    "rejected_kg": "0",
    "invoice": "F",
    "deduct-inputs": "1",
    "measured_factor": "92",
    "key": "k",
}
FIRST = for_scope("producer")[0].code


def forms(site: Site, text: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Who sends what where, with the text in every field that takes one."""
    objects = site.world.objects
    need_fields = {"description": text, "contribution_technical_assistance": text}
    record = {
        "about": text,
        "representative": text,
        "representative_power": text,
        "municipality": text,
        "email": text,
    }
    named = {"legal_name": f"Org {text}", "legal_status": "registered"}
    assessment = {f"value-{FIRST}": "4", f"evidence-{FIRST}": text, "note": text}
    certificate = BODIES["organizations.certificates"] | {"body": text}
    return [
        ("buyer_a", "/needs/new", SMALL_NEED | need_fields | {"publish": "1"}),
        ("producer_a", "/capacities/new", CAPACITY | {"description": text, "confirm": "1"}),
        ("producer_a", "/organization", record | named),
        ("buyer_a", "/organization", record | named),
        ("buyer_a", "/account/name", {"name": text}),
        ("house_a", f"/organizations/{objects['organization_producer_a']}/readiness/new", assessment),
        ("producer_a", "/organization/certificates", certificate),
        ("producer_a", f"/suggestions/{objects['sent_producer_a']}/decline", {"reason": "price", "note": text}),
        ("buyer_a", f"/needs/{objects['need_declined_a']}/withdraw", {"confirm": "1", "reason": text}),
        ("house_a", f"/agreements/from-suggestion/{objects['agreed_producer_a']}", {"x": text}),
        ("buyer_a", f"/agreements/{objects['alliance_producer_a']}/remarks", {"text": text}),
        (
            "producer_a",
            f"/agreements/{objects['agreement_producer_a']}/terms",
            OFFER | {REPRESENTATIVE: text, "note": text},
        ),
        ("producer_a", f"/deliveries/{objects['delivery_producer_a']}/cancel", {"reason": text, "key": "k"}),
        ("buyer_a", f"/deliveries/statements/{objects['statement_producer_a']}/pay", PAYMENT | {"reference": text}),
    ]  # fmt: skip


def others(site: Site) -> list[tuple[str, str, dict[str, Any]]]:
    """The forms that have no text of their own but choices and numbers."""
    objects = site.world.objects
    return [
        (VISITOR, "/sign-in", BODIES["accounts.sign_in"]),
        (VISITOR, "/sign-up", BODIES["accounts.sign_up"]),
        (VISITOR, "/password/forgot", BODIES["accounts.forgot"]),
        (VISITOR, "/language", BODIES["home.set_language"] | {"next": "/"}),
        ("buyer_a", "/account/organization", {"organization": "2"}),
        ("buyer_a", "/account/password", BODIES["accounts.password"]),
        ("buyer_a", "/account/totp", {"step": "start"}),
        ("buyer_a", "/organization/members", BODIES["organizations.members"]),
        ("buyer_a", f"/needs/{objects['need_draft_a']}/edit", SMALL_NEED | {"version": "1"}),
        (
            "producer_a",
            f"/capacities/{objects['capacity_producer_a']}/edit",
            CAPACITY | {"version": "1", "confirm": "1"},
        ),
        (
            "house_a",
            "/needs/new",
            SMALL_NEED | {"buyer": str(objects["organization_buyer_a"]), "request_key": "k"},
        ),
        ("house_a", "/mandates", BODIES["mandates.propose"] | {"client": "1"}),
        ("house_a", f"/desk/needs/{objects['need_fresh_a']}/shortlist", {"suggestion": "1"}),
        ("house_a", f"/desk/needs/{objects['need_fresh_a']}/unshortlist", {"suggestion": "1"}),
        ("house_a", f"/agreements/{objects['agreement_producer_a']}/send", {"reply_by": "2026-12-24"}),
        ("house_a", f"/agreements/{objects['agreement_producer_a']}/terms", NUMBERS_OF_OFFER),
        *(
            (who, f"/deliveries/{objects['delivery_producer_a']}/{step}", FIELDS_OF_STEPS)
            for who, step in (
                ("producer_a", "lot"), ("producer_a", "invoice"), ("buyer_a", "receive"), ("buyer_a", "grade"),
                ("buyer_a", "proposal"),
            )
        ),
    ]  # fmt: skip


def places(site: Site) -> list[tuple[str, str]]:
    """Who reads what was typed, and where: pages, and the files that carry it."""
    objects = site.world.objects
    producer, need = (
        objects["organization_producer_a"],
        max(objects[f"need_{n}_b"] for n in ("draft", "unseen")) + 1,
    )
    capacity = objects["capacity_unseen_b"] + 1
    agreement = (
        max(number for name, number in objects.items() if name.startswith(("agreement_", "alliance_"))) + 1
    )
    return [
        (VISITOR, f"/organizations/{producer}"),
        (VISITOR, "/needs"),
        (VISITOR, "/capacities"),
        ("buyer_a", "/account"),
        ("buyer_a", "/organization/members"),
        ("buyer_a", "/suggestions"),
        ("producer_a", "/organization"),
        ("producer_a", "/organization/certificates"),
        ("producer_a", f"/organizations/{producer}/readiness"),
        ("house_a", "/mandates"),
        ("house_a", "/desk"),
        ("house_a", f"/desk/needs/{objects['need_sent_a']}"),
        *(
            [("buyer_a", f"/needs/{need}"), ("buyer_a", f"/needs/{need}/edit")]
            if arrived(site, "needs", need)
            else []
        ),
        *([("producer_a", f"/capacities/{capacity}")] if arrived(site, "capacities", capacity) else []),
        *(
            [("house_a", f"/agreements/{agreement}"), ("house_a", f"/agreements/{agreement}.pdf")]
            if arrived(site, "agreements", agreement)
            else []
        ),
        ("buyer_a", f"/agreements/{objects['alliance_producer_a']}"),
        ("house_a", f"/agreements/{objects['agreement_producer_a']}"),
        ("house_a", f"/agreements/{objects['agreement_producer_a']}/changes"),
        ("buyer_a", f"/deliveries/{objects['delivery_producer_a']}"),
        ("producer_a", f"/deliveries/statements/{objects['statement_producer_a']}"),
        ("buyer_a", "/needs/export.csv"),
        ("buyer_a", "/needs/export.xlsx"),
        ("producer_a", "/capacities/export.xlsx"),
    ]


def arrived(site: Site, table: str, number: int) -> bool:
    return any(row[0] == number for row in site.content()[table])
