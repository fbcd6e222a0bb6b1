"""The matching library: gates, scores, plans, prices and their properties."""
