"""Every state, every transition and every role: what the state tables do, against the rules written down once more.

A line is a move: its name, from where to where, and by whom. The words of the rules are those of the state machines of
the domain model: clerks, representatives and managers of the producer organization are its side "producer".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from broker.agreements.transitions import AGREEMENT, NEGOTIATION
from broker.deliveries.transitions import DELIVERY
from broker.errors import Conflict, NotAllowed
from broker.states import StateTable

ROLES = ("buyer", "producer", "broker", "system", "stranger")
SIDES = "buyer|producer"
ALL = "buyer|producer|broker"
LINE = re.compile(r"(\w+): ([\w|]+)>(\w+) by ([\w|]+)")

RULES = {
    "agreement": f"""
        send: draft>negotiating by broker
        agree: negotiating>negotiated by {SIDES}
        reopen: negotiated>negotiating by {ALL}
        sign: negotiated>signed by {SIDES}
        start: signed>active by system
        notify_breach: active>breach_notified by {SIDES}
        cure: breach_notified>active by {SIDES}
        breach: breach_notified>breached by system
        suspend: active>suspended by {SIDES}
        resume: suspended>active by {SIDES}|system
        complete: active>completed by system
        renew: completed>renewed by {SIDES}|system
        terminate: active|breached>terminated by {SIDES}
        abandon: draft|negotiating|negotiated>abandoned by {ALL}
    """,
    # That the other side answers is a matter of who made the offer; a table knows no persons.
    "negotiation": f"""
        offer: opened|stalled|counter|agreed_in_principle>offer by {ALL}
        counter: offer>counter by {ALL}
        agree: opened|offer|counter>agreed_in_principle by {SIDES}
        stall: opened|offer|counter>stalled by system
        drop: offer|counter|agreed_in_principle>agreed_in_principle by {ALL}
        wake: stalled>opened by {SIDES}
        abandon: opened|offer|counter|agreed_in_principle|stalled>abandoned by {ALL}
    """,
    "delivery": f"""
        confirm: scheduled>confirmed by producer
        dispatch: confirmed>dispatched by producer
        receive: dispatched>received by buyer
        grade: received>graded by buyer
        accept: graded>accepted by buyer
        accept: received>accepted by system
        accept_partly: graded>partially_accepted by buyer
        reject: graded>rejected by buyer
        dispute: partially_accepted|rejected>disputed by producer
        settle_accepted: disputed>accepted by {SIDES}
        settle_partly: disputed>partially_accepted by {SIDES}
        settle_rejected: disputed>rejected by {SIDES}
        invoice: accepted|partially_accepted>invoiced by producer
        report_payment: invoiced>paid_reported by buyer
        confirm_payment: paid_reported>paid by producer
        clear: invoiced>paid by system
        cancel: scheduled|confirmed>cancelled by {SIDES}
        miss: scheduled|confirmed>no_show by system
    """,
}
STATES = {
    "agreement": "draft negotiating negotiated signed active breach_notified breached suspended completed renewed"
    " terminated abandoned",
    "negotiation": "opened offer counter agreed_in_principle stalled abandoned",
    "delivery": "scheduled confirmed dispatched received graded accepted partially_accepted rejected disputed"
    " invoiced paid_reported paid cancelled no_show",
}
TABLES = {table.subject: table for table in (AGREEMENT, NEGOTIATION, DELIVERY)}


@dataclass
class Thing:
    state: str


def expected(subject: str, name: str, state: str, role: str) -> object:
    """The state after the move, or what stops it: the moment first, then the role."""
    lines = [LINE.fullmatch(line.strip()) for line in RULES[subject].strip().splitlines()]
    from_here = [
        (line[3], line[4].split("|"))
        for line in lines
        if line and line[1] == name and state in line[2].split("|")
    ]
    if not from_here:
        return Conflict
    return next((target for target, roles in from_here if role in roles), NotAllowed)


def found(table: StateTable, name: str, state: str, role: str) -> object:
    """What the table does; what it refuses it leaves as it was."""
    thing = Thing(state)
    try:
        table.move(thing, name, role)
    except (Conflict, NotAllowed) as refusal:
        assert thing.state == state
        return type(refusal)
    return thing.state


@pytest.mark.parametrize("subject", TABLES)
def test_every_move_by_everybody_ends_as_the_rules_say(subject: str) -> None:
    table = TABLES[subject]
    tried = [
        (name, state, role)
        for name in sorted({row.name for row in table.rows})
        for state in STATES[subject].split()
        for role in ROLES
    ]
    wrong = [
        f"{name} of {state} by {role}: {found(table, name, state, role)}, not {wanted}"
        for name, state, role in tried
        if found(table, name, state, role) != (wanted := expected(subject, name, state, role))
    ]
    assert not wrong


@pytest.mark.parametrize("subject", TABLES)
def test_the_rules_and_the_tables_know_the_same_moves_and_states(subject: str) -> None:
    lines = RULES[subject].strip().splitlines()
    assert all(LINE.fullmatch(line.strip()) for line in lines)
    assert {line.strip().partition(":")[0] for line in lines} == {row.name for row in TABLES[subject].rows}
    assert set(STATES[subject].split()) == TABLES[subject].states


@pytest.mark.parametrize("subject", TABLES)
def test_what_is_offered_to_a_role_is_what_it_may_do(subject: str) -> None:
    table = TABLES[subject]
    for state in table.states:
        for role in ROLES:
            offered = {row.name for row in table.available(state, role)}
            able = {
                row.name for row in table.rows if isinstance(expected(subject, row.name, state, role), str)
            }
            assert offered == able
