"""How often one address may ask for the same sort of page."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from threading import Lock


class Throttle:
    """Counts requests by address within fixed spans of `seconds`, in the memory of this process: it slows a program
    down that tries addresses, and costs no statement."""

    def __init__(self, most: int, seconds: int) -> None:
        self._most, self._seconds = most, seconds
        self._span, self._asked = 0, Counter[str]()
        self._lock = Lock()

    def allows(self, address: str, now: dt.datetime) -> bool:
        """Count one request of the address; False once there were more than `most` in the span."""
        span = int(now.timestamp()) // self._seconds
        with self._lock:
            if span != self._span:
                self._span = span
                self._asked.clear()
            self._asked[address] += 1
            return self._asked[address] <= self._most
