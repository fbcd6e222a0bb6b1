"""The room of an alliance: standing, committee, grievances, breach, contributions."""
