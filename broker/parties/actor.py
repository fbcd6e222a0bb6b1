"""Who is acting: passed into every verb, never fetched inside a rule."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Actor:
    """A person acting for one organization, a visitor (all None), or the system itself.

    `clients` are the organizations whose mandate to the actor's broker house is in force.
    """

    user_id: int | None = None
    organization_id: int | None = None
    kind: str | None = None
    role: str | None = None
    clients: frozenset[int] = field(default=frozenset())
    is_system: bool = False

    @property
    def is_visitor(self) -> bool:
        return self.user_id is None and not self.is_system

    @property
    def may_write(self) -> bool:
        """Readers look; clerks and managers act."""
        return self.is_system or self.role in ("clerk", "manager")


VISITOR = Actor()
SYSTEM = Actor(is_system=True)
