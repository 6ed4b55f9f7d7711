"""What is likely to stand on these forms, whatever the picture says: `templates/priors` in, tables out."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

_FOLDER = Path(__file__).resolve().parent.parent / "templates" / "priors"


@cache
def alike() -> Mapping[str, str]:
    """For each character of numbers and dates, the others that a pen's one is often taken for."""
    return MappingProxyType(tomllib.loads((_FOLDER / "alike.toml").read_text(encoding="utf-8")))
