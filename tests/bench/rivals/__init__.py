"""General solvers on the same allocation problem, through a formulation of their own.

Each module offers ``solve(problem, seconds, cores, gap) -> Found`` and loads only its own solver. None of them is
believed: ``contest.py`` recomputes every plan with ``matching.validate``.
"""
