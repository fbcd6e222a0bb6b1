"""What needs a broker house today, over all subjects."""
