"""Reading YAML, with libyaml where the wheel has it: it reads a clause or a table ten times faster."""

from __future__ import annotations

from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str) -> Any:
    """The plain data that a text describes. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=_LOADER)
