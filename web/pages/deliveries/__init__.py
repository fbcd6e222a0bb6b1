"""Deliveries: the list, one delivery and its steps, statements, payments, the calendar."""
