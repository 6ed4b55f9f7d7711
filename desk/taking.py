"""Taking: what was read of a kept scan comes in and is put away in the store; what became of it goes out.

The same for whoever waits at the command line and for the desk in the browser.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from desk.guard import as_ours
from desk.pages_told import is_filed
from desk.workplace import Workplace
from records.archive import Kept
from records.codes import Standing
from records.drafts import Draft, Origin, Unmatched
from records.errors import AlreadyTaken, DanganError, EngineMissing, StoreError
from records.findings import Reason

if TYPE_CHECKING:
    from records.store import Store


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a scan that was read: forms and pages with the numbers of their drafts, or why none.

    `beaten` says that another process had put it away before.
    """

    results: tuple[Draft | Unmatched, ...] = ()
    numbers: tuple[int, ...] = ()
    error: DanganError | None = None
    beaten: bool = False

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """The forms that wait for a clerk, in the order of their numbers."""
        return tuple(one for one in self.results if isinstance(one, Draft) and not one.is_settled)

    @property
    def filed(self) -> int:
        """How many sheets went to their records as signed copies."""
        return sum(back.standing is Standing.CURRENT for one in self.results for back in one.returns)

    @property
    def unread(self) -> tuple[Unmatched, ...]:
        """The pages that gave nothing."""
        return tuple(one for one in self.results if isinstance(one, Unmatched) and not is_filed(one))

    @property
    def is_failure(self) -> bool:
        """Whether the scan gave nothing although something stands on it."""
        if self.beaten or self.drafts or self.filed:
            return False
        return self.error is not None or not self.unread or not all(page.is_blank for page in self.unread)


def put_away(
    place: Workplace, store: Store, kept: Kept, read: Iterable[Draft | Unmatched], who: str = ""
) -> Outcome:
    """Store what was read of a kept scan, or set it aside with the reason.

    Raises StoreError and EngineMissing: when the machine is at fault and not
    the file, it stays to be read.
    """
    try:
        results = tuple(_of_scan(result, kept) for result in read)
        numbers = store.add_drafts(kept.sha256, results, who or place.settings.user)
    except AlreadyTaken:
        return Outcome(beaten=True)
    except Exception as error:
        return _refused(store, kept, as_ours(error, place.settings.log, kept.file))
    return Outcome(results, tuple(numbers))


def _of_scan(result: Draft | Unmatched, kept: Kept) -> Draft | Unmatched:
    pages = result.origin.pages if result.origin else ()
    return replace(result, origin=Origin(kept.file, kept.sha256, pages))


def _refused(store: Store, kept: Kept, error: DanganError) -> Outcome:
    if isinstance(error, StoreError | EngineMissing):
        raise error
    try:
        store.set_aside(kept.sha256, Reason(error.code, error.facts | {"file": kept.file}))
    except AlreadyTaken:
        return Outcome(beaten=True)
    return Outcome(error=error)
