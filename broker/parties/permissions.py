"""Who may do what for whom; asked here and nowhere else."""

from __future__ import annotations

from broker.errors import NotAllowed, NotFound
from broker.parties.actor import Actor


def sees_private(actor: Actor, owner_id: int) -> bool:
    """May the actor read what is confidential to `owner_id`? Its people may, and its broker by mandate."""
    return actor.is_system or owner_id == actor.organization_id or owner_id in actor.clients


def role_towards(actor: Actor, owner_id: int) -> str | None:
    """'owner', 'broker' (with a mandate), 'system', or None for a stranger."""
    if actor.is_system:
        return "system"
    if owner_id == actor.organization_id:
        return "owner"
    return "broker" if owner_id in actor.clients else None


def require_act_for(actor: Actor, owner_id: int, *, broker_too: bool = False) -> str:
    """The role in which the actor writes for `owner_id`.

    Raises NotFound for a stranger (who must not learn that the thing exists) and NotAllowed for a reader.
    """
    role = role_towards(actor, owner_id)
    if role is None:
        raise NotFound("not_found")
    if not actor.may_write or (role == "broker" and not broker_too):
        raise NotAllowed("role_may_not_write")
    return role


def require_kind(actor: Actor, *kinds: str) -> int:
    """The actor's organization, when it is of one of `kinds` and the actor may write for it."""
    if actor.organization_id is None or actor.kind not in kinds or not actor.may_write:
        raise NotAllowed("role_may_not_write")
    return actor.organization_id


def require_manager(actor: Actor, organization_id: int) -> None:
    """Only a manager decides about people, mandates and the organization's own record."""
    if actor.is_system:
        return
    if actor.organization_id != organization_id:
        raise NotFound("not_found")
    if actor.role != "manager":
        raise NotAllowed("managers_only")
