"""Arguments that several commands share, and misuse that Typer itself cannot see."""

from __future__ import annotations

from typing import Annotated

import typer
from typer._click.exceptions import UsageError

from desk import phrases

HIGHEST = 2**31 - 1
"""No store counts further; a number beyond it is a slip of the finger."""
RecordNumber = Annotated[
    int,
    typer.Argument(metavar=phrases.PLACE_NUMBER, help=phrases.RECORD_NUMBERS, min=1, max=HIGHEST),
]


def misuse(what: str) -> UsageError:
    """The error to raise when the words of a command do not go together."""
    return UsageError(what)
