"""`dangan audit`: who looked and who changed is shown, and whether the log is what it was."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from desk import phrases, screen, words
from desk.usage import misuse
from desk.workplace import open_workplace

if TYPE_CHECKING:
    from records.audit import AuditLine, Mark
    from records.store import Store


def audit(
    verify: Annotated[bool, typer.Option("--verify", help=phrases.AUDIT_VERIFY)] = False,
    noted: Annotated[
        list[str] | None, typer.Option("--noted", metavar=phrases.PLACE_TEXT, help=phrases.AUDIT_NOTED)
    ] = None,
    who: Annotated[str, typer.Option("--who", metavar=phrases.PLACE_PERSON, help=phrases.AUDIT_WHO)] = "",
    subject: Annotated[
        str, typer.Option("--subject", metavar=phrases.PLACE_TEXT, help=phrases.AUDIT_SUBJECT)
    ] = "",
    day: Annotated[str, typer.Option("--day", metavar=phrases.PLACE_DAY, help=phrases.AUDIT_DAY)] = "",
    newest: Annotated[int, typer.Option("--newest", min=1, max=100_000, help=phrases.AUDIT_NEWEST)] = 50,
) -> int:
    """Show the log's newest lines, or verify it; status 1 when it is not what it was."""
    from records.audit import Asked

    marks, asked = [_mark(text) for text in noted or ()], Asked(who, words.subject_of(subject), "", _day(day))
    with open_workplace().store() as store:
        if verify or marks:
            return _verified(store, marks)
        _print(store.audit.lines(newest=newest, asked=asked))
    return words.OK


def _verified(store: Store, noted: list[Mark]) -> int:
    whole = True
    for fault in store.audit.faults(noted):
        whole = False
        screen.tell(words.reason(fault), "red")
    if not whole:
        return words.FAILED
    screen.tell(phrases.AUDIT_WHOLE)
    mark = store.audit.mark()
    if mark:
        screen.tell(phrases.AUDIT_MARK_NOTE.format(number=mark.number, mark=mark.text))
    return words.OK


def _print(lines: list[AuditLine]) -> None:
    if not lines:
        screen.tell(phrases.AUDIT_EMPTY)
        return
    screen.out().print(screen.rows("", phrases.AUDIT_HEADS, map(words.audit_line, reversed(lines))))


def _mark(text: str) -> Mark:
    from records.audit import Mark

    found = re.fullmatch("([1-9][0-9]{0,17})[:：]([0-9a-f]{16})", text.strip().lower())
    if not found:
        raise misuse(phrases.AUDIT_NOTED_WRONG)
    return Mark(int(found[1]), found[2])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise misuse(phrases.AUDIT_DAY_WRONG) from None
