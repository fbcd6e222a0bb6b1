"""SCIP through the array door of OR-Tools' model builder. It searches with one thread whatever it is offered."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from ortools.linear_solver.python.model_builder_helper import ModelBuilderHelper, ModelSolverHelper
from scipy.sparse import csr_matrix

from matching.problem import AllocationProblem
from tests.bench.rivals.formulation import Found, formulate, natural_unit


def solve(problem: AllocationProblem, seconds: float, cores: int, gap: float) -> Found:
    """The best plan within ``seconds`` including the building of the model; ``cores`` cannot be used."""
    begun = time.perf_counter()
    program = formulate(problem, natural_unit(problem))
    model: Any = ModelBuilderHelper()
    model.fill_model_from_sparse_data(
        program.low,
        program.high,
        program.gain,
        program.row_low,
        program.row_high,
        csr_matrix(program.rows),
    )
    for column in np.flatnonzero(program.integer).tolist():
        model.set_var_integrality(column, True)
    model.set_maximize(True)
    solver = ModelSolverHelper("scip")
    solver.set_solver_specific_parameters(f"limits/gap = {gap:.1e}")
    solver.set_time_limit_in_seconds(max(0.01, seconds - (time.perf_counter() - begun)))
    solver.solve(model)
    if not solver.has_response():
        return Found(None, np.inf)
    bound = float(solver.best_objective_bound())
    if not solver.has_solution():
        return Found(None, bound)
    return Found(program.quantities(np.asarray(solver.variable_values(), dtype=float)), bound)
