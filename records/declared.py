"""Data that an edition declares in TOML: a file comes in, what was made of it goes out, without a fault."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from records.errors import EditionError

Made = TypeVar("Made")


def declared(
    file: Path, make: Callable[[dict[str, Any]], Made], faults: Callable[[Made], Iterable[str]]
) -> Made:
    """What `make` makes of a file, when `faults` finds none in it; raises EditionError naming the file."""
    try:
        made = make(tomllib.loads(file.read_text(encoding="utf-8")))
        wrong = tuple(faults(made))
    except KeyError as error:
        raise EditionError("edition", file=file, what=f"lacks {error.args[0]}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, AttributeError, TypeError, ValueError) as error:
        raise EditionError("edition", file=file, what=error) from error
    if wrong:
        raise EditionError("edition", file=file, what="; ".join(wrong))
    return made
