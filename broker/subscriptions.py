"""Imported once by every process, so that the handlers of events and jobs are registered."""

import broker.agreements.seals
import broker.deliveries.schedule
import broker.listings.questions
import broker.matchmaking.learning
import broker.matchmaking.runner
import broker.matchmaking.suggestions
import broker.notifications.alliance_letters
import broker.notifications.digest
import broker.notifications.letters
import broker.notifications.listing_letters
import broker.notifications.mailer  # noqa: F401
