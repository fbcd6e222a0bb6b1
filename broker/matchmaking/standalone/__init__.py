"""The matching without web or database: two spreadsheets in, findings out; nothing is stored."""

from broker.matchmaking.standalone.market import SheetMarket, read_market
from broker.matchmaking.standalone.reasons import reasons_of
from broker.matchmaking.standalone.solving import match_market

__all__ = ["SheetMarket", "match_market", "read_market", "reasons_of"]
