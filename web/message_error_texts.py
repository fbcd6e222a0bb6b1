"""A sentence for every error of choosing one's mail and of sharing links."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

MESSAGE_ERRORS = {
    "time_format": _l("Write a time such as 21:00."),
    "quiet_hours_half": _l("Quiet hours need a beginning and an end. Fill in both, or neither."),
    "quiet_hours_all_day": _l("Beginning and end are the same. To get no mail at all, turn its kinds off."),
    "share_price_private": _l("The price can be shown only where the need is public."),
    "share_not_open": _l("Only what is published and still open can be shared."),
    "share_not_public": _l("Your client does not show this to everybody. Only the client can share it."),
    "share_too_many": _l("You have made %(most)s links within a day. Wait until tomorrow."),
}
