"""How a person wants her mail: by kind of letter, and the hours in which it waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.catalogue import countries
from broker.errors import Faults, NotFound
from broker.notifications.models import HOW, MailSettings
from broker.notifications.quiet import QUIET_FROM, QUIET_TO, quiet_until
from broker.notifications.texts import kinds
from broker.parties.models import Membership, Organization
from broker.transaction import Transaction

# The kind that a link in the digest is about: everything that comes in the digest.
DIGEST = "digest"
HOME_ZONE = "America/Bogota"


@dataclass(frozen=True)
class Preferences:
    """What a person chooses. `choices` names kinds of letters; a kind left out comes at once. Quiet hours are on the
    clock of `time_zone`, or of her organization's country where that is None."""

    choices: Mapping[str, str] = field(default_factory=dict)
    quiet_from: dt.time | None = None
    quiet_to: dt.time | None = None
    urgent_passes: bool = True
    time_zone: str | None = None


def time_zones() -> dict[str, str]:
    """The zones that can be chosen: the first country of each, by its zone."""
    found: dict[str, str] = {}
    for country in countries.all():
        found.setdefault(country.time_zone, country.code)
    return found


def settings_of(session: Session, user_id: int) -> MailSettings:
    """The person's settings; a row that is not stored where she has never chosen."""
    return session.get(MailSettings, user_id) or MailSettings(user_id=user_id)


def how_mailed(settings: MailSettings | None, kind: str) -> str:
    """'at_once', 'daily' or 'off'."""
    if kinds()[kind].fixed or settings is None:
        return "at_once"
    chosen: str = settings.choices.get(kind, "at_once")
    return chosen


def zone_of(settings: MailSettings | None, country: str | None) -> ZoneInfo:
    """The person's time zone: chosen, else that of her organization's country."""
    if settings is not None and settings.time_zone:
        return ZoneInfo(settings.time_zone)
    try:
        return ZoneInfo(countries.get(country).time_zone if country else HOME_ZONE)
    except NotFound:
        return ZoneInfo(HOME_ZONE)


def home_country(session: Session, user_id: int) -> str | None:
    """The country of the first organization for which the person acts."""
    query = select(Organization.country).join(Membership, Membership.organization_id == Organization.id)
    return session.scalars(query.where(Membership.user_id == user_id).order_by(Membership.id)).first()


def waits_until(
    settings: MailSettings | None, zone: ZoneInfo, now: dt.datetime, *, urgent: bool = False
) -> dt.datetime | None:
    """Until when mail waits for the end of quiet hours; None when it may go."""
    if urgent and (settings is None or settings.urgent_passes):
        return None
    if settings is None:
        return quiet_until(now, QUIET_FROM, QUIET_TO, zone)
    return quiet_until(now, settings.quiet_from, settings.quiet_to, zone)


def choose(tx: Transaction, user_id: int, wanted: Preferences) -> MailSettings:
    """Keep all that a person chooses. Raises Invalid with every fault; the same again changes nothing."""
    faults = Faults()
    free = {code for code, kind in kinds().items() if not kind.fixed}
    for code, how in wanted.choices.items():
        faults.require(code in free and how in HOW, "choice_unknown", code, value=how)
    from_, to = wanted.quiet_from, wanted.quiet_to
    faults.require(from_ is not None or to is None, "quiet_hours_half", "quiet_from")
    faults.require(to is not None or from_ is None, "quiet_hours_half", "quiet_to")
    faults.require(from_ is None or from_ != to, "quiet_hours_all_day", "quiet_to")
    faults.require(
        wanted.time_zone is None or wanted.time_zone in time_zones(), "choice_unknown", "time_zone",
        value=wanted.time_zone,
    )  # fmt: skip
    faults.raise_if_any()
    settings = _kept(tx, user_id)
    new = (dict(wanted.choices), from_, to, wanted.urgent_passes, wanted.time_zone)
    if new == _stated(settings):
        return settings
    settings.choices, settings.quiet_from, settings.quiet_to = new[:3]
    settings.urgent_passes, settings.time_zone = new[3:]
    tx.record("mail.chosen", "user", user_id, None, **settings.choices)
    return settings


def choose_kind(tx: Transaction, user_id: int, kind: str, how: str) -> None:
    """Change one kind, as a link in a mail does; `DIGEST` stands for every kind that comes in it. Raises Invalid for a
    kind that cannot be chosen."""
    settings = _kept(tx, user_id)
    of_digest = [code for code in kinds() if how_mailed(settings, code) == "daily"]
    changed = of_digest if kind == DIGEST else [kind]
    faults = Faults()
    for code in changed:
        free = code in kinds() and not kinds()[code].fixed
        faults.require(free and how in HOW, "choice_unknown", code, value=how)
    faults.raise_if_any()
    choices = {**settings.choices, **dict.fromkeys(changed, how)}
    if choices != settings.choices:
        settings.choices = choices
        tx.record("mail.chosen", "user", user_id, None, **choices)


def _kept(tx: Transaction, user_id: int) -> MailSettings:
    """The stored settings, locked; made where there are none."""
    query = select(MailSettings).where(MailSettings.user_id == user_id).with_for_update()
    found = tx.session.scalar(query)
    if found is None:
        found = MailSettings(user_id=user_id)
        tx.session.add(found)
        tx.session.flush()
    return found


def _stated(settings: MailSettings) -> tuple[object, ...]:
    return (
        settings.choices,
        settings.quiet_from,
        settings.quiet_to,
        settings.urgent_passes,
        settings.time_zone,
    )
