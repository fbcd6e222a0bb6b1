"""The life of an alliance beside its deliveries: committee, grievances, breach and cure, contributions, warnings."""
