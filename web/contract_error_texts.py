"""A sentence for every error of the alliance, of its prices, of changing agreements, and of a house's own clauses."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

CONTRACT_ERRORS = {
    # the alliance
    "not_signed": _l("The agreement is not signed, or has ended."),
    "no_quorum": _l("The committee decides only with both sides present. Say who was there for each."),
    "other_side_agrees": _l("The other side says so, not yours."),
    "other_side_answers": _l("The other side answers what you raised."),
    "answered_already": _l("It has been answered already."),
    "who_raised_settles": _l("Whoever raised it says when it is settled."),
    "no_breach_to_cure": _l("There is no breach of the other side to speak of."),
    "notice_given_already": _l("Notice has been given already."),
    "only_buyer_gives": _l("Only the buyer says what it has given."),
    # prices of the market and of agreements
    "market_unit": _l("A market price is in a currency per kg or another unit. ¢/lb is for an index."),
    "cost_missing": _l("Enter the audited cost first."),
    "deduction_not_agreed": _l("The agreement does not let “%(cost)s” be deducted."),
    "voucher_missing": _l("“%(cost)s” needs its voucher."),
    "grade_not_priced": _l("The agreement gives no price for the grade “%(grade)s”."),
    "quote_in_other_unit": _l("%(series)s is quoted in %(unit)s; this clause needs %(needed)s."),
    # pauses
    "pause_open": _l("A pause has been proposed or is running already."),
    "pause_over": _l("This proposal is off the table, or its day has passed."),
    "pause_long": _l("A pause lasts at most %(days)s days. End the agreement, or propose an amendment."),
    "who_asked_ends_it": _l(
        "The side that asked for the pause can end it early; otherwise it lasts until %(day)s."
    ),
    # drafts of a need together
    "draft_incomplete": _l("The draft with %(name)s is not ready to be sent: %(part)s lacks %(count)s."),
    "drafts_gone": _l("What you chose has gone out or ended meanwhile."),
    "draft_moved_on": _l("The draft with %(name)s has changed since you read it. Read it again, then send."),
    # amendments
    "no_amendment": _l("No amendment is being negotiated: the signed version stands."),
    "period_begun": _l("The period from %(day)s has begun: its quantity stands."),
    "delivery_under_way": _l(
        "Delivery %(number)s has left already: what it delivers stands. Make the amendment without it."
    ),
    # contributions
    "contribution_signed": _l(
        "Both have signed what the buyer contributes. Add to it; nothing is taken off."
    ),
    "assistance_is_free": _l("Technical assistance is never paid back."),
    "too_many": _l("There are already %(most)s, and that is the most."),
    # renewals
    "renewed_already": _l("Agreement %(number)s continues this one already."),
    "renewal_overlaps": _l(
        "The deliveries of this agreement go on until then. Choose %(day)s or a later day."
    ),
    "buyer_or_broker_renews": _l("The buyer or the broker begins a renewal. Ask them for it in a remark."),
    # through a union
    "union_acts": _l("The union signs this agreement for its members; it answers for them."),
    "union_has_no_mandates": _l(
        "Fewer than two of its members have accepted and given the union their mandate to sign."
    ),
    "member_without_mandate": _l(
        "%(name)s gives the union no mandate to sign any more: nothing new is agreed for it until it does again."
    ),
    "no_common_price": _l(
        "No single price lies within what each member accepts. Draft one agreement with each of them instead."
    ),
    "mandate_to_union_stands": _l("The union still holds your mandate to sign. Revoke it first."),
    # clauses of a broker house
    "clause_retired": _l("This clause is not in use any more."),
    "clause_mark_unknown": _l("No agreement knows “%(name)s”. Choose a name from the list."),
    "clause_mark_conditional": _l(
        "“%(name)s” is not known of every agreement. Use it only where the library’s text does, with its [if ...]."
    ),
    "clause_mark_open": _l("A mark is not complete: write a name between {{ and }}."),
    "clause_languages_differ": _l("Both languages have to name the same data. Only one has: %(names)s."),
    "clause_condition_unknown": _l("The condition “%(name)s” belongs to another clause."),
    "clause_table_unknown": _l("The table “%(name)s” belongs to another clause."),
}
