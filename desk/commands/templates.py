"""`dangan templates check`: editions come in, tags and fields that do not meet are shown."""

from __future__ import annotations

from typing import Annotated

import typer

from desk import phrases, screen, words
from desk.guard import as_ours
from desk.workplace import Workplace, open_workplace
from records.editions import Edition
from records.findings import Severity


def check_templates(
    key: Annotated[str, typer.Argument(metavar=phrases.PLACE_EDITION, help=phrases.TEMPLATES_EDITION)] = "",
) -> int:
    """Check the Word sheets of one edition, or of all."""
    place = open_workplace()
    chosen = [place.editions[key]] if key else list(place.editions)
    wrong = [edition for edition in chosen if not _is_fine(place, edition)]
    return words.FAILED if wrong else words.OK


def _is_fine(place: Workplace, edition: Edition) -> bool:
    from docgen.templates import check_templates as check

    try:
        found = check(edition)
    except Exception as error:
        screen.complain(as_ours(error, place.settings.log))
        return False
    for line in screen.finding_lines(found, edition):
        screen.out().print(line)
    if not found:
        screen.tell(phrases.TEMPLATES_FINE.format(edition=edition.key, title=edition.title))
    return not any(finding.severity is Severity.ERROR for finding in found)
