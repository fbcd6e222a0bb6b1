"""What can go wrong in the trade. Each error carries a code and parameters; the face turns them into words."""

from __future__ import annotations

from typing import Any


class TradeError(Exception):
    """Base of the errors a person can be told about."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code}({details})" if details else self.code


class NotFound(TradeError):
    """The thing is not there, or the actor must not learn that it is."""


class NotAllowed(TradeError):
    """The actor may see the thing but not do this with it."""


class Conflict(TradeError):
    """Somebody was quicker: the state has moved on since the actor looked."""


class RuleBroken(TradeError):
    """A rule of the trade forbids it. `field` names the input at fault where there is one."""

    def __init__(self, code: str, *, field: str | None = None, **params: Any) -> None:
        super().__init__(code, **params)
        self.field = field


class Invalid(Exception):
    """Several rules broken at once, so that a form can show every fault together."""

    def __init__(self, faults: list[RuleBroken]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = faults


class Faults:
    """Collects broken rules of one input and raises them together."""

    def __init__(self) -> None:
        self.found: list[RuleBroken] = []

    def add(self, code: str, field: str | None = None, **params: Any) -> None:
        self.found.append(RuleBroken(code, field=field, **params))

    def require(self, condition: bool, code: str, field: str | None = None, **params: Any) -> bool:
        if not condition:
            self.add(code, field, **params)
        return condition

    def raise_if_any(self) -> None:
        if self.found:
            raise Invalid(self.found)
