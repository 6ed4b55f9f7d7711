"""`dangan templates check`: editions come in, tags and fields that do not meet are shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from desk import phrases, screen, words
from desk.guard import as_ours
from desk.workplace import Workplace, open_workplace
from records.carry_over import load_carry_over, sources_of
from records.editions import Edition
from records.findings import Finding, Severity


def check_templates(
    key: Annotated[str, typer.Argument(metavar=phrases.PLACE_EDITION, help=phrases.TEMPLATES_EDITION)] = "",
) -> int:
    """Check the Word sheets of one edition, or of all, and how older editions are carried over to it."""
    place = open_workplace()
    chosen = [place.editions[key]] if key else list(place.editions)
    wrong = [edition for edition in chosen if not _is_fine(place, edition)]
    return words.FAILED if wrong else words.OK


def _is_fine(place: Workplace, edition: Edition) -> bool:
    from docgen.templates import check_templates as check

    try:
        found = check(edition)
        for key in sources_of(edition):
            load_carry_over(place.editions[key], edition)
    except Exception as error:
        screen.complain(as_ours(error, place.settings.log))
        return False
    found = tuple(_located(finding, edition) for finding in _telling(found))
    screen.tell_findings(found, edition)
    if not found:
        screen.tell(phrases.TEMPLATES_FINE.format(edition=edition.key, title=edition.title))
    return not any(finding.severity is Severity.ERROR for finding in found)


def _telling(found: Iterable[Finding]) -> list[Finding]:
    """The findings without those that only follow from a sheet that cannot be understood."""
    found = list(found)
    if any(finding.rule == "template_broken" for finding in found):
        return [finding for finding in found if finding.rule != "unprinted_field"]
    return found


def _located(finding: Finding, edition: Edition) -> Finding:
    """The finding with the whole path of the sheet that it is about."""
    from docgen.templates import sheets_of

    sheets = {Path(name).name: name for use in edition.documents for name in sheets_of(use)}
    name = sheets.get(finding.facts.get("file", ""))
    if name is None or finding.rule == "template_missing":
        return finding
    return replace(finding, facts={**finding.facts, "file": str(edition.file(name))})
