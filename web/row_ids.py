"""The numbers of rows as addresses and forms give them: never more digits than the database holds."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import IntegerConverter, Map

# Both databases refuse larger numbers with an error of their own.
DIGITS = 18


class RowIdConverter(IntegerConverter):
    """`<int:...>` of a route; a larger number is no page of ours."""

    def __init__(self, url_map: Map, **options: Any) -> None:
        super().__init__(url_map, **{"max": 10**DIGITS - 1, **options})


def row_id(text: str) -> int:
    """For `request.form.get(name, 0, type=row_id)`. Raises ValueError for what cannot be the number of a row."""
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS):
        raise ValueError(text)
    return int(text)
