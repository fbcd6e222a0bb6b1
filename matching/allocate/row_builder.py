"""Rows of a program, collected from arrays in any order."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from matching.allocate.highs import Rows
from matching.types import FloatArray, IntArray


@dataclass
class RowBuilder:
    """Coefficients collected so far; a row is opened with its limits and filled by (row, column, value)."""

    row: list[IntArray] = field(default_factory=list)
    column: list[IntArray] = field(default_factory=list)
    value: list[FloatArray] = field(default_factory=list)
    low: list[FloatArray] = field(default_factory=list)
    high: list[FloatArray] = field(default_factory=list)
    count: int = 0

    def open(self, low: FloatArray, high: FloatArray) -> IntArray:
        """Numbers of new rows with the given limits."""
        numbers = self.count + np.arange(len(low))
        self.low.append(low)
        self.high.append(high)
        self.count += len(low)
        return numbers

    def put(self, row: IntArray, column: IntArray, value: FloatArray | float) -> None:
        """Coefficients at (row, column)."""
        self.row.append(row)
        self.column.append(column)
        self.value.append(np.broadcast_to(np.asarray(value, dtype=np.float64), row.shape))

    def rows(self, cost: FloatArray, low: FloatArray, high: FloatArray, integer: IntArray) -> Rows:
        """The program of all rows that hold a coefficient, with the given columns."""
        row, column = np.concatenate(self.row), np.concatenate(self.column)
        value = np.concatenate(self.value)
        used, row = np.unique(row, return_inverse=True)
        order = np.lexsort((column, row))
        start = np.concatenate(([0], np.cumsum(np.bincount(row, minlength=len(used)))))
        return Rows(
            cost,
            low,
            high,
            integer,
            start.astype(np.int64),
            column[order].astype(np.int64),
            value[order],
            np.concatenate(self.low)[used],
            np.concatenate(self.high)[used],
            used,
        )
