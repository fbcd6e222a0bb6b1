"""CP-SAT: the same program in whole numbers.

Quantities are grams. Money is billionths of the problem's unit, or ten, a hundred, ... times coarser where the largest
possible sum would pass 2^60 (millionths per gram would cost it a hundred thousandth of its bound, and finer money
costs it no time). What is rounded is rounded so that a plan of the whole numbers holds in the real ones and the bound
stays an upper limit: limits down, lots and filled shares up, gains up.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from matching.problem import AllocationProblem
from matching.types import FloatArray, IntArray
from tests.bench.rivals.formulation import Found, Program, formulate

GRAM = 1e-3
BILLIONTH = 1e9
LARGEST = 2.0**60
NOISE = 1e-6
"""Floats this near to a whole number are that number."""


def solve(problem: AllocationProblem, seconds: float, cores: int, gap: float) -> Found:
    """The best plan within ``seconds`` including the building of the model."""
    begun = time.perf_counter()
    program = formulate(problem, GRAM)
    high = _down(program.high)
    scale = BILLIONTH
    while float((np.abs(program.gain) * high).sum()) * scale > LARGEST:
        scale /= 10.0
    model = cp_model.CpModel()
    _columns(model.proto, program, high)
    _rows(model.proto, program)
    _objective(model.proto, _up(program.gain * scale))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = cores
    solver.parameters.relative_gap_limit = gap
    solver.parameters.max_time_in_seconds = max(0.01, seconds - (time.perf_counter() - begun))
    status = solver.solve(model)
    bound = -float(solver.best_objective_bound) / scale
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Found(None, np.inf)
    point = np.array(solver.response_proto.solution, dtype=float)
    return Found(program.quantities(point), bound)


def _down(array: FloatArray) -> FloatArray:
    return np.floor(array + NOISE)


def _up(array: FloatArray) -> FloatArray:
    return np.ceil(array - NOISE)


def _columns(proto: Any, program: Program, high: FloatArray) -> None:
    add = proto.variables.add
    for low, top in zip(program.low.astype(int).tolist(), high.astype(int).tolist(), strict=True):
        add().domain.extend((low, top))


def _rows(proto: Any, program: Program) -> None:
    """Every row is open on one side: "at most" is rounded to less, "at least" to more."""
    most = np.isfinite(program.row_high)
    start = program.rows.indptr
    per_entry = np.repeat(most, np.diff(start))
    # Coefficients of decisions carry a minus sign, so that the tighter side of both kinds is this one.
    value = np.where(per_entry, _up(program.rows.data), _down(program.rows.data)).astype(int).tolist()
    column, begin = program.rows.indices.tolist(), start.tolist()
    low, high = _limits(program, most)
    add = proto.constraints.add
    for row, (least, limit) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        first, last = begin[row], begin[row + 1]
        if first == last:
            continue
        linear = add().linear
        linear.vars.extend(column[first:last])
        linear.coeffs.extend(value[first:last])
        linear.domain.extend((least, limit))


def _limits(program: Program, most: np.ndarray[Any, np.dtype[np.bool_]]) -> tuple[IntArray, IntArray]:
    lowest, highest = np.iinfo(np.int64).min, np.iinfo(np.int64).max
    low, high = np.full(len(most), lowest), np.full(len(most), highest)
    high[most] = _down(program.row_high[most]).astype(np.int64)
    low[~most] = _up(program.row_low[~most]).astype(np.int64)
    return low, high


def _objective(proto: Any, gain: FloatArray) -> None:
    """CP-SAT minimises: the gains change their sign."""
    used = np.flatnonzero(gain)
    proto.objective.vars.extend(used.tolist())
    proto.objective.coeffs.extend((-gain[used]).astype(int).tolist())
