"""What a reader prefers on this device: colours, shortcuts, and whether the tour was seen. Kept in cookies, so that it
works without JavaScript, for visitors too, and outlives the session."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, Response, current_app, request

YEAR_SECONDS = 60 * 60 * 24 * 365
THEMES = ("light", "dark", "system")
CHOICES = {"theme": THEMES, "keys": ("on", "off"), "tour": ("new", "seen")}
"""For each preference its values; `USUAL` holds until the reader chooses."""
USUAL = {"theme": "system", "keys": "on", "tour": "new"}


@dataclass(frozen=True)
class Preferences:
    """The values that hold for this request."""

    theme: str
    keys: str
    tour: str


def register(app: Flask) -> None:
    app.template_global("preferences")(preferences)


def preferences() -> Preferences:
    """What the reader has chosen, and what is usual for the rest; a value nobody offers counts as none."""
    asked = {name: request.cookies.get(f"alianza_{name}", "") for name in CHOICES}
    return Preferences(
        **{name: value if value in CHOICES[name] else USUAL[name] for name, value in asked.items()}
    )


def remember(response: Response, name: str, value: str) -> None:
    """Keep a preference for a year on this device. The caller has checked that it is one of CHOICES."""
    response.set_cookie(
        f"alianza_{name}",
        value,
        max_age=YEAR_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SETTINGS"].https,
    )
