"""Imported once by every process, so that the handlers of events and jobs are registered."""

from broker.matchmaking import runner, suggestions
from broker.notifications import letters, mailer

__all__ = ["letters", "mailer", "runner", "suggestions"]
