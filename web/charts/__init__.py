"""Geometry of the charts that the server draws: plain numbers in, shapes of a viewBox out.

Knows no page and no language; templates turn the shapes into SVG and give them colours by class.
"""
