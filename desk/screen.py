"""The screen: drafts, records and findings come in, short Rich tables and lines go out.

Results go to standard output, everything said along the way to standard error.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from desk import phrases, words
from records.drafts import Draft, Reading
from records.editions import Edition
from records.errors import DanganError
from records.findings import Finding, Severity
from records.values import Values

COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def out() -> Console:
    """Standard output, as it is now."""
    return Console(file=sys.stdout, highlight=False)


def err() -> Console:
    """Standard error, as it is now."""
    return Console(file=sys.stderr, highlight=False)


def say(text: str, style: str = "") -> None:
    """A message along the way."""
    err().print(Text(text, style=style), soft_wrap=True)


def tell(text: str, style: str = "") -> None:
    """A line of the result."""
    out().print(Text(text, style=style), soft_wrap=True)


def report(text: str, failed: bool) -> None:
    """What was found while documents were made; in red when something could not be made."""
    say(text, "red" if failed else "")


def complain(error: DanganError) -> None:
    """An error, in Chinese."""
    say(words.error(error), "red")


def print_json(line: Any) -> None:
    """One line of JSON on standard output, at once."""
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def rows(title: str, heads: Iterable[str], lines: Iterable[Iterable[str | Text]]) -> Table:
    """A table of lines of text."""
    table = Table(title=title or None, title_justify="left", title_style="bold", header_style="bold")
    for head in heads:
        table.add_column(head, overflow="fold")
    for line in lines:
        table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in line))
    return table


def draft_table(title: str, draft: Draft, edition: Edition, *, only_doubtful: bool = False) -> Table:
    """What was read, one field a line: label, value, and why it wants a look."""
    shown = {
        path: reading
        for path, reading in draft.readings.items()
        if reading.review or (reading.value is not None and not only_doubtful)
    }
    lines = (_reading_line(edition, path, reading) for path, reading in shown.items())
    return rows(title, (phrases.FIELD, phrases.VALUE, phrases.ON_PAPER, phrases.DOUBT), lines)


def _reading_line(edition: Edition, path: str, reading: Reading) -> tuple[str | Text, ...]:
    style = "yellow" if reading.review else ""
    value = words.value(edition, path, reading.value)
    raw = "" if reading.raw.strip() == value else reading.raw.replace("\n", " ")
    doubt = "".join(words.reason(reason) for reason in reading.reasons)
    return words.label(edition, path), Text(value, style=style), raw, Text(doubt, style=style)


def values_table(title: str, values: Values, edition: Edition) -> Table:
    """A record's values, one field a line; blanks left out."""
    filled = {path: value for path, value in values.items() if value is not None}
    lines = (
        (words.label(edition, path), words.value(edition, path, value)) for path, value in filled.items()
    )
    return rows(title, (phrases.FIELD, phrases.VALUE), lines)


def page_findings(draft: Draft) -> tuple[Finding, ...]:
    """What is wrong with the page as a whole, not with any field."""
    return tuple(finding for finding in draft.findings if not finding.paths)


def tell_findings(findings: Iterable[Finding], edition: Edition) -> None:
    """Findings as lines of the result."""
    for line in finding_lines(findings, edition):
        out().print(line, soft_wrap=True)


def finding_lines(findings: Iterable[Finding], edition: Edition) -> list[Text]:
    """Findings, heaviest first, each led by its severity."""
    heavy = sorted(findings, key=lambda finding: list(Severity).index(finding.severity))
    return [
        Text.assemble(
            (f"{words.SEVERITIES[finding.severity]}  ", COLOURS[finding.severity]),
            words.finding(finding, edition),
        )
        for finding in heavy
    ]
