"""Matching of needs and capacities: arrays in, a validated plan with prices and reasons out.

A pure library: it knows no database, no web, no language. Importing it loads no solver.
"""
