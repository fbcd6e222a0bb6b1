"""The hash of a row of the audit, spelled out: whatever changes it makes every chain that stands look edited."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pytest

from broker.audit.sealing import FIRST, digest
from broker.documents.canonical import NotCanonical

BOGOTA = dt.timezone(dt.timedelta(hours=-5))
CONTENT: dict[str, Any] = {
    "at": dt.datetime(2026, 11, 23, 7, 0, 0, 12, BOGOTA),
    "actor_user_id": 4,
    "actor_organization_id": None,
    "owner_id": 7,
    "verb": "need.withdraw",
    "subject": "need",
    "subject_id": 12,
    "detail": {"reason": "Ya no: «ñandú» 🍌", "fields": ["b", "a"], "kg": "1.50", "was": None, "by": True},
}
WRITTEN = (
    '{"actor_organization_id":null,"actor_user_id":4,"at":"2026-11-23T12:00:00.000012+00:00",'
    '"detail":{"by":true,"fields":["b","a"],"kg":"1.50","reason":"Ya no: «ñandú» 🍌","was":null},'
    '"number":1,"owner_id":7,'
    '"previous":"0000000000000000000000000000000000000000000000000000000000000000",'
    '"subject":"need","subject_id":12,"verb":"need.withdraw"}'
)


def test_the_hash_is_that_of_this_text() -> None:
    assert digest(1, FIRST, CONTENT) == hashlib.sha256(WRITTEN.encode()).hexdigest()


def test_a_whole_second_keeps_its_six_digits() -> None:
    whole = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
    text = WRITTEN.replace("12:00:00.000012", "12:00:00.000000")
    assert digest(1, FIRST, CONTENT | {"at": whole}) == hashlib.sha256(text.encode()).hexdigest()


def test_a_float_is_refused_because_it_may_come_back_otherwise() -> None:
    with pytest.raises(NotCanonical):
        digest(1, FIRST, CONTENT | {"detail": {"kg": 0.1}})
