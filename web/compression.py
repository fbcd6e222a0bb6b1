"""Texts leave compressed: who is on 2G waits for every byte, and the web server itself compresses nothing."""

from __future__ import annotations

import gzip

from flask import Flask, Response, g, request

TYPES = {
    "text/html",
    "text/css",
    "text/javascript",
    "text/csv",
    "text/plain",
    "image/svg+xml",
    "application/json",
}
# Below this a packet is saved by no compression.
LEAST_BYTES = 1024
LEVEL = 6
OWN_SITES = (None, "none", "same-origin")


def register(app: Flask) -> None:
    """To be called before others register what they do after a request: the last to look at an answer is the first
    that was registered."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if response.mimetype not in TYPES:
        return response
    response.vary.add("Accept-Encoding")
    if _may(response):
        response.set_data(gzip.compress(response.get_data(), LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _may(response: Response) -> bool:
    # BREACH: the length of a compressed page that repeats what an attacker wrote into its address tells whether the
    # page holds the same text elsewhere, a reserve price say. He needs many guesses made with the victim's session,
    # which only he can start: a page with a session is therefore not compressed when another site asked for it.
    # Form tokens would be out of reach anyway: each is signed anew every second.
    foreign = g.get("user") is not None and request.headers.get("Sec-Fetch-Site") not in OWN_SITES
    return (
        not foreign
        and request.accept_encodings.quality("gzip") > 0
        and not response.is_streamed
        and "Content-Encoding" not in response.headers
        and len(response.get_data()) >= LEAST_BYTES
    )
