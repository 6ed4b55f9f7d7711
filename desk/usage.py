"""Misuse of a command that Typer itself cannot see."""

from __future__ import annotations

from typer._click.exceptions import UsageError


def misuse(what: str) -> UsageError:
    """The error to raise when the words of a command do not go together."""
    return UsageError(what)
