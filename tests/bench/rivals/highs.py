"""HiGHS by its own Python binding, the model handed over as arrays, its own tolerances."""

from __future__ import annotations

import time
from typing import Any

import highspy
import numpy as np

from matching.problem import AllocationProblem
from tests.bench.rivals.formulation import Found, Program, formulate, natural_unit


def solve(problem: AllocationProblem, seconds: float, cores: int, gap: float) -> Found:
    """The best plan within ``seconds`` including the building of the model."""
    begun = time.perf_counter()
    program = formulate(problem, natural_unit(problem))
    maker: Any = highspy.Highs
    highs = maker()
    integer = bool(program.integer.any())
    _pass(highs, program, integer)
    for name, value in {
        "output_flag": False,
        "threads": cores,
        "mip_rel_gap": gap,
        "mip_abs_gap": 1e-9,
        "time_limit": max(0.01, seconds - (time.perf_counter() - begun)),
    }.items():
        highs.setOptionValue(name, value)
    highs.run()
    return _read(highs, program, integer)


def _pass(highs: Any, program: Program, integer: bool) -> None:
    kinds = program.integer if integer else np.zeros(len(program.integer))
    status = highs.passModel(
        len(program.gain),
        len(program.row_low),
        program.rows.nnz,
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMaximize),
        0.0,
        program.gain,
        program.low,
        program.high,
        program.row_low,
        program.row_high,
        program.rows.indptr.astype(np.int32),
        program.rows.indices.astype(np.int32),
        program.rows.data,
        kinds.astype(np.int32),
    )
    if status == highspy.HighsStatus.kError:
        raise ArithmeticError("HiGHS refused the model")


def _read(highs: Any, program: Program, integer: bool) -> Found:
    info, solution = highs.getInfo(), highs.getSolution()
    optimal = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    linear = float(info.objective_function_value) if optimal else np.inf
    bound = float(info.mip_dual_bound) if integer else linear
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Found(None, bound)
    return Found(program.quantities(np.array(solution.col_value, dtype=float)), bound)
