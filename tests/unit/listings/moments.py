"""The day on which the tests of this folder take place."""

from __future__ import annotations

import datetime as dt

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
TODAY = NOW.date()
