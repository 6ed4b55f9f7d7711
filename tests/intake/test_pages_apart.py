"""Pages read apart, as in other processes, and joined afterwards."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import TypeVar

from intake.files import open_scan, pages
from intake.reading import forms_of, read_file, read_page
from records.editions import Editions
from tests.intake.conftest import ROOT, NoEngine

Thing = TypeVar("Thing")
TWO_PAGES = ROOT / "tests" / "data" / "filled" / "two-pages.pdf"


def there_and_back(thing: Thing) -> Thing:
    copy: Thing = pickle.loads(pickle.dumps(thing))  # noqa: S301 (our own bytes)
    return copy


def test_pages_may_be_read_in_another_process_and_in_any_order(
    editions: Editions, no_engine: NoEngine
) -> None:
    scan = open_scan(TWO_PAGES)
    sent = [there_and_back(page) for page in pages(scan, None)]
    read = {page.number: there_and_back(read_page(page, editions, no_engine)) for page in reversed(sent)}
    joined = list(forms_of((one for number in sorted(read) for one in read[number]), scan, editions))
    assert joined == list(read_file(TWO_PAGES, editions, no_engine))


def test_what_a_page_gave_holds_no_picture(editions: Editions, no_engine: NoEngine) -> None:
    [first, _] = pages(open_scan(TWO_PAGES), None)
    assert len(pickle.dumps(read_page(first, editions, no_engine))) < 100_000


def test_the_file_itself_is_named_by_path(editions: Editions) -> None:
    assert there_and_back(open_scan(TWO_PAGES)).path == Path(TWO_PAGES)
