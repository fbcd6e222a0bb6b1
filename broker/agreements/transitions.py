"""The life of an agreement, and of the negotiation inside it. Only the parties accept, sign or declare a breach."""

from __future__ import annotations

from broker.states import StateTable, transition

AGREEMENT = StateTable(
    "agreement",
    [
        transition("send", "draft", "negotiating", "broker"),
        transition("agree", "negotiating", "negotiated", "buyer|producer"),
        transition("reopen", "negotiated", "negotiating", "buyer|producer|broker"),
        transition("sign", "negotiated", "signed", "buyer|producer"),
        transition("start", "signed", "active", "system"),
        transition("notify_breach", "active", "breach_notified", "buyer|producer"),
        transition("cure", "breach_notified", "active", "buyer|producer"),
        transition("breach", "breach_notified", "breached", "system"),
        transition("suspend", "active", "suspended", "buyer|producer"),
        # A pause ends on its day, or when the side that asked for it says so.
        transition("resume", "suspended", "active", "buyer|producer|system"),
        transition("complete", "active", "completed", "system"),
        # The parties do it by signing the agreement that continues this one, before or after its end.
        transition("renew", "completed", "renewed", "buyer|producer|system"),
        transition("terminate", "active|breached", "terminated", "buyer|producer"),
        transition("abandon", "draft|negotiating|negotiated", "abandoned", "buyer|producer|broker"),
    ],
)

NEGOTIATION = StateTable(
    "negotiation",
    [
        transition("offer", "opened|stalled|counter|agreed_in_principle", "offer", "buyer|producer|broker"),
        transition("counter", "offer", "counter", "buyer|producer|broker"),
        transition("agree", "opened|offer|counter", "agreed_in_principle", "buyer|producer"),
        # An amendment that is given up leaves what both signed.
        transition(
            "drop", "offer|counter|agreed_in_principle", "agreed_in_principle", "buyer|producer|broker"
        ),
        transition("wake", "stalled", "opened", "buyer|producer"),
        transition("stall", "opened|offer|counter", "stalled", "system"),
        transition(
            "abandon",
            "opened|offer|counter|agreed_in_principle|stalled",
            "abandoned",
            "buyer|producer|broker",
        ),
    ],
)
