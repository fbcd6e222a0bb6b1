"""Checked arrays written into a frozen dataclass while it is being built."""

from __future__ import annotations

import numpy as np

from matching import checks


class FieldWriter:
    """Replaces the fields of ``target`` by read-only arrays; errors name the field as ``prefix.field``."""

    def __init__(self, target: object, prefix: str) -> None:
        self.target = target
        self.prefix = prefix

    def floats(
        self,
        name: str,
        shape: tuple[int, ...],
        *,
        default: float | None = None,
        low: float | None = None,
        high: float = np.inf,
        nan: bool = False,
    ) -> None:
        label = f"{self.prefix}.{name}"
        array = checks.floats(label, getattr(self.target, name), shape, default)
        if low is not None:
            limit = high if np.isfinite(high) else float(np.finfo(np.float64).max)
            checks.between(label, array, low, limit, nan=nan)
        object.__setattr__(self.target, name, array)

    def ints(
        self,
        name: str,
        shape: tuple[int, ...],
        *,
        default: int | None = None,
        low: int | None = None,
        rows: bool = False,
    ) -> None:
        label = f"{self.prefix}.{name}"
        given = getattr(self.target, name)
        array = checks.ints(label, np.arange(shape[0]) if rows and not len(given) else given, shape, default)
        if low is not None:
            checks.between(label, array, low, float(np.iinfo(np.int64).max))
        object.__setattr__(self.target, name, array)

    def bools(self, name: str, shape: tuple[int, ...], *, default: bool = False) -> None:
        array = checks.bools(f"{self.prefix}.{name}", getattr(self.target, name), shape, default)
        object.__setattr__(self.target, name, array)

    def texts(self, name: str, rows: int) -> None:
        value = checks.texts(f"{self.prefix}.{name}", getattr(self.target, name), rows)
        object.__setattr__(self.target, name, value)
