"""Progress: how many files there are comes in, a bar on standard error with the time left is shown."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from desk import phrases, screen


@contextmanager
def advancing(doing: str, total: int) -> Iterator[Callable[[], None]]:
    """Gives a function to call as each file is done; the bar is shown to people only, never to a file."""
    console = screen.err()
    columns = (
        TextColumn(doing),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(phrases.TIME_LEFT),
        TimeRemainingColumn(),
    )
    # Results that go to a file must not be drawn into: only a terminal's output runs above the bar.
    bar = Progress(
        *columns, console=console, redirect_stdout=sys.stdout.isatty(), disable=not console.is_terminal
    )
    with bar:
        task = bar.add_task("", total=total)
        yield lambda: bar.advance(task)
