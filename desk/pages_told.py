"""What became of each page of a file, in words: forms with their pages and names, pages that gave none."""

from __future__ import annotations

from collections.abc import Iterable

from desk import phrases, screen, words
from desk.workplace import Workplace
from records.codes import Return, Standing, form_letters
from records.drafts import Draft, Unmatched
from records.editions import Edition
from records.people import worker_name
from records.proposals import LOOKS_LIKE


def form_told(number: int, draft: Draft, edition: Edition) -> str:
    """On which pages of the file a form stands, whose it is, and which draft it became."""
    return phrases.FORM_ON_PAGES.format(
        pages=_listed(draft.origin.pages if draft.origin else ()),
        title=edition.title,
        name=worker_name(edition, draft.values) or phrases.NO_NAME,
        number=number,
    )


def page_told(file: str, page: Unmatched) -> str:
    """Why a page gave no form; a blank one was dropped, and is no failure."""
    told = phrases.DROPPED_PAGE if page.is_blank else phrases.NO_FORM
    said = told.format(file=file, pages=_listed(page.origin.pages), reason=words.reason(page.reason))
    paper = page.reason.facts.get(LOOKS_LIKE)
    return said + phrases.LOOKS_LIKE_PAPER.format(paper=paper) if paper else said


def _listed(pages: Iterable[int]) -> str:
    return phrases.BETWEEN.join(map(str, pages))


def is_filed(result: Draft | Unmatched) -> bool:
    """Whether a sheet of it was filed with its record."""
    return any(one.standing is Standing.CURRENT for one in result.returns)


def tell_returns(place: Workplace, file: str, result: Draft | Unmatched) -> int:
    """Say what became of sheets that carried a code; how many were filed."""
    for one in result.returns:
        if one.standing is Standing.CURRENT:
            screen.tell(_filed_told(place, file, one, result), "green")
        else:
            told = phrases.CODE_STALE if one.standing is Standing.STALE else phrases.CODE_UNKNOWN
            code = one.code
            screen.say(
                told.format(file=file, page=one.page, record=code.record, revision=code.revision), "yellow"
            )
    return sum(one.standing is Standing.CURRENT for one in result.returns)


def _filed_told(place: Workplace, file: str, one: Return, result: Draft | Unmatched) -> str:
    """To which record a sheet went, and what is changed on it."""
    facts = {"file": file, "page": one.page, "record": one.code.record}
    title = next(
        use.title
        for edition in place.editions
        for use in edition.documents
        if form_letters(edition.key, use.name) == one.code.form
    )
    if isinstance(result, Unmatched):
        return phrases.FILED_UNCOMPARED.format(title=title, **facts)
    edition = place.editions[result.edition]
    changed = [words.label(edition, path) for path in result.doubtful]
    if not changed:
        return phrases.FILED.format(title=title, **facts)
    return phrases.FILED_CHANGED.format(
        title=title, count=len(changed), fields=phrases.BETWEEN.join(changed), **facts
    )
