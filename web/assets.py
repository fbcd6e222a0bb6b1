"""Static files under fingerprinted addresses: our own, and htmx from the installed package. Nothing off-site."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path

from flask import Flask, Response, abort, url_for

from web.security import access

OWN = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
}


def register(app: Flask) -> None:
    """The asset route, and `asset('alianza.css')` in templates."""

    @app.get("/assets/<digest>/<path:name>", endpoint="asset")
    @access("public")
    def asset(digest: str, name: str) -> Response:
        found = _contents().get(name)
        if found is None:
            abort(404)
        response = Response(found[0], content_type=TYPES[Path(name).suffix])
        # An old address may still be asked for after an update: give the new file, but let nobody keep it as the old.
        current = digest == found[1]
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if current else "no-cache"
        return response

    @app.template_global("asset")
    def asset_url(name: str) -> str:
        return url_for("asset", digest=_contents()[name][1], name=name)


@cache
def _contents() -> dict[str, tuple[bytes, str]]:
    found = {path.name: path.read_bytes() for path in sorted(OWN.iterdir()) if path.suffix in TYPES}
    found["htmx.js"] = _htmx()
    return {name: (data, hashlib.sha256(data).hexdigest()[:16]) for name, data in found.items()}


def _htmx() -> bytes:
    # The package says of itself that it is a Django app; only its file is used here.
    return (files("js_lib_htmx") / "static" / "htmx" / "htmx.min.js").read_bytes()
