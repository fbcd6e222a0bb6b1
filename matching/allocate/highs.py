"""One call of the HiGHS solver on arrays. One thread, fixed seed: the same model gives the same answer."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.types import FloatArray, IntArray

HEURISTICS = (
    "mip_heuristic_run_rins",
    "mip_heuristic_run_rens",
    "mip_heuristic_run_root_reduced_cost",
    "mip_heuristic_run_feasibility_jump",
)


@dataclass(frozen=True)
class Rows:
    """max cost'x subject to row_low <= A x <= row_high, low <= x <= high; A in compressed rows.

    number  the name of each row where it was opened, ascending
    """

    cost: FloatArray
    low: FloatArray
    high: FloatArray
    integer: IntArray
    start: IntArray
    index: IntArray
    coefficient: FloatArray
    row_low: FloatArray
    row_high: FloatArray
    number: IntArray


@dataclass(frozen=True)
class Answer:
    """x is None when no feasible point was found; bound is an upper limit of the objective."""

    x: FloatArray | None
    value: float
    bound: float
    infeasible: bool
    finished: bool
    row_dual: FloatArray


def solve(
    rows: Rows,
    *,
    time_limit: float = math.inf,
    gap: float = 0.0,
    seed: int = 0,
    nodes: int | None = None,
    start: FloatArray | None = None,
    stop: Callable[[], bool] | None = None,
    bound_only: bool = False,
) -> Answer:
    """Maximise; ``nodes`` limits the branch and bound tree, ``start`` is a feasible point to begin with,
    ``stop`` is asked now and then whether to give up, ``bound_only`` searches no better points."""
    # Loaded here: importing the library must not load a solver.
    import highspy

    highs: Any = _new()
    options: dict[str, Any] = {
        "output_flag": False,
        "threads": 1,
        "random_seed": int(seed) % 2**31,
        "mip_rel_gap": gap,
        "mip_abs_gap": 1e-9,
    }
    if math.isfinite(time_limit):
        options["time_limit"] = max(0.01, time_limit)
    if nodes is not None:
        options["mip_max_nodes"] = nodes
    if bound_only:
        options |= {"mip_heuristic_effort": 0.0} | dict.fromkeys(HEURISTICS, False)
    for name, value in options.items():
        highs.setOptionValue(name, value)
    integer = bool(rows.integer.any())
    # Prices are read off linear programs; of a mixed one only the yes-or-nos are kept (twice as fast, measured).
    if not integer:
        highs.setOptionValue("primal_feasibility_tolerance", 1e-9)
        highs.setOptionValue("dual_feasibility_tolerance", 1e-9)
    _pass(highs, rows, integer)
    if start is not None and integer:
        highs.setSolution(len(start), np.arange(len(start), dtype=np.int32), start)
    if stop is not None and integer:
        asked = stop
        highs.HandleUserInterrupt = True
        highs.cbMipInterrupt += lambda event: highs.cancelSolve() if asked() else None
    highs.run()
    return _read(highs, highspy, rows, integer)


def _new() -> Any:
    """A solver that is silent from its first moment: the plain one greets on standard output."""
    import highspy

    class Silent(highspy.Highs):
        def enableCallbacks(self) -> None:
            self.setOptionValue("output_flag", False)
            parent: Any = super()
            parent.enableCallbacks()

    maker: Any = Silent
    return maker()


def _pass(highs: Any, rows: Rows, integer: bool) -> None:
    import highspy

    kinds = rows.integer if integer else np.zeros(len(rows.cost))
    status = highs.passModel(
        len(rows.cost),
        len(rows.row_low),
        len(rows.index),
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMaximize),
        0.0,
        rows.cost,
        rows.low,
        rows.high,
        rows.row_low,
        rows.row_high,
        rows.start.astype(np.int32),
        rows.index.astype(np.int32),
        rows.coefficient,
        kinds.astype(np.int32),
    )
    if status == highspy.HighsStatus.kError:
        raise ArithmeticError("the solver refused the model")


def _read(highs: Any, highspy: Any, rows: Rows, integer: bool) -> Answer:
    status, info, solution = highs.getModelStatus(), highs.getInfo(), highs.getSolution()
    infeasible = status in (
        highspy.HighsModelStatus.kInfeasible,
        highspy.HighsModelStatus.kUnboundedOrInfeasible,
    )
    optimal = status == highspy.HighsModelStatus.kOptimal
    feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    x = np.array(solution.col_value, dtype=np.float64) if feasible else None
    value = float(info.objective_function_value) if feasible else -math.inf
    if integer:
        bound = float(info.mip_dual_bound)
        bound = bound if abs(bound) < 1e29 else math.inf
    else:
        bound = value if optimal else math.inf
    dual = np.array(solution.row_dual, dtype=np.float64) if optimal and not integer else np.zeros(0)
    return Answer(x, value, -math.inf if infeasible else bound, infeasible, optimal or infeasible, dual)
