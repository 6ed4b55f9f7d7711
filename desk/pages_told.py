"""What became of each page of a file, in words: forms with their pages and names, pages that gave none."""

from __future__ import annotations

from collections.abc import Iterable

from desk import phrases, words
from records.drafts import Draft, Unmatched
from records.editions import Edition
from records.people import worker_name


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
    return told.format(file=file, pages=_listed(page.origin.pages), reason=words.reason(page.reason))


def _listed(pages: Iterable[int]) -> str:
    return phrases.BETWEEN.join(map(str, pages))
