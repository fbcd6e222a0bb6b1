"""Hours by the clock on the reader's wall: until when mail waits, and when the next digest is due."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

DIGEST_AT = dt.time(6, 30)
# Whoever has chosen nothing sleeps from eight to six; both None where somebody wants no quiet hours.
QUIET_FROM, QUIET_TO = dt.time(20), dt.time(6)


def quiet_until(
    now: dt.datetime, quiet_from: dt.time | None, quiet_to: dt.time | None, zone: ZoneInfo
) -> dt.datetime | None:
    """The end of the quiet hours in which `now` lies, in UTC; None outside them. They may pass midnight; their first
    minute is quiet, their last is not."""
    if quiet_from is None or quiet_to is None:
        return None
    local = now.astimezone(zone)
    at = local.time()
    if quiet_from < quiet_to:
        return _moment(local.date(), quiet_to, zone) if quiet_from <= at < quiet_to else None
    if at >= quiet_from:
        return _moment(local.date() + dt.timedelta(days=1), quiet_to, zone)
    return _moment(local.date(), quiet_to, zone) if at < quiet_to else None


def next_digest(now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The next half past six in the morning after `now`, in UTC."""
    day = now.astimezone(zone).date()
    due = _moment(day, DIGEST_AT, zone)
    return due if due > now else _moment(day + dt.timedelta(days=1), DIGEST_AT, zone)


def _moment(day: dt.date, at: dt.time, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, at, zone).astimezone(dt.UTC)
