"""Turn what a caller hands in into frozen, validated arrays.

Every function returns a read-only copy and raises ``ValueError`` naming the field and, where one row
is to blame, the row: the caller's mistake must be findable in a table of 50,000 rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from matching.types import BoolArray, FloatArray, IntArray

_Scalar = TypeVar("_Scalar", bound=np.generic)


def floats(
    field: str, value: npt.ArrayLike, shape: tuple[int, ...], default: float | None = None
) -> FloatArray:
    """``value`` as float64 of ``shape``; an empty array stands for ``default`` in every place."""
    return _shaped(field, np.array(value, dtype=np.float64), shape, default)


def ints(field: str, value: npt.ArrayLike, shape: tuple[int, ...], default: int | None = None) -> IntArray:
    """``value`` as int64 of ``shape``; an empty array stands for ``default`` in every place."""
    return _shaped(field, _whole(field, np.asarray(value)), shape, default)


def bools(field: str, value: npt.ArrayLike, shape: tuple[int, ...], default: bool | None = None) -> BoolArray:
    """``value`` as bool of ``shape``; an empty array stands for ``default`` in every place."""
    return _shaped(field, np.array(value, dtype=np.bool_), shape, default)


def texts(field: str, value: Sequence[str], rows: int) -> tuple[str, ...]:
    """``rows`` texts; an empty sequence stands for empty texts."""
    given = tuple(str(text) for text in value) or ("",) * rows
    if len(given) != rows:
        raise ValueError(f"{field}: has {len(given)} rows, expected {rows}")
    return given


def unique(field: str, value: tuple[str, ...]) -> None:
    """Raise when two rows carry the same text."""
    seen: dict[str, int] = {}
    for row, text in enumerate(value):
        if text in seen:
            raise ValueError(f"{field}[{row}]: {text!r} already stands in row {seen[text]}")
        seen[text] = row


def between(field: str, value: FloatArray | IntArray, low: float, high: float, *, nan: bool = False) -> None:
    """Raise at the first entry outside [low, high]; NaN is allowed only with ``nan``."""
    with np.errstate(invalid="ignore"):
        bad = ~((value >= low) & (value <= high))
    if nan:
        bad &= ~np.isnan(value)
    if bad.any():
        row = tuple(int(k) for k in np.argwhere(bad)[0])
        where = ", ".join(map(str, row))
        allowed = f"between {low:g} and {high:g}" if np.isfinite(high) else f"a number not below {low:g}"
        raise ValueError(f"{field}[{where}]: must be {allowed}, is {value[row]}")


def columns(field: str, value: npt.ArrayLike) -> int:
    """Width of a two-dimensional field; 0 when it was left empty."""
    shape = np.shape(value)
    if int(np.prod(shape)) == 0 and len(shape) < 2:
        return 0
    if len(shape) != 2:
        raise ValueError(f"{field}: must have two dimensions, has {len(shape)}")
    return int(shape[1])


def _whole(field: str, value: npt.NDArray[Any]) -> IntArray:
    if value.dtype.kind == "f":
        bad = ~np.isfinite(value) | (value != np.floor(value))
        if bad.any():
            row = tuple(int(k) for k in np.argwhere(bad)[0])
            where = ", ".join(map(str, row))
            raise ValueError(f"{field}[{where}]: must be a whole number, is {value[row]}")
    return np.array(value, dtype=np.int64)


def _shaped(
    field: str, array: npt.NDArray[_Scalar], shape: tuple[int, ...], default: float | None
) -> npt.NDArray[_Scalar]:
    if array.size == 0 and default is not None:
        array = np.full(shape, default, dtype=array.dtype)
    if array.size == 0 and int(np.prod(shape)) == 0:
        array = array.reshape(shape)
    if array.shape != shape:
        raise ValueError(f"{field}: has shape {array.shape}, expected {shape}")
    array.setflags(write=False)
    return array
