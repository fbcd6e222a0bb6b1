"""Rules and matching, with no database and no web application."""
