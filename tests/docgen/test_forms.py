"""Forms filled quickly: the same documents as by docxtpl, the picture of their code with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from docgen.codes import members_of_codes
from docgen.documents import make
from docgen.fonts import present_fonts
from docgen.forms import Form, form_of
from docgen.tags import Words
from docgen.templates import printable_of
from records.archive import Record
from records.editions import DocumentUse, Edition, Editions
from records.values import Value
from tests.docgen.conftest import LONG_PLACE, a_record

Parts = list[tuple[str, bytes]]
_QUICKLY = Form.quickly


def uses(editions: Editions) -> Iterator[tuple[Edition, DocumentUse]]:
    return ((edition, use) for edition in editions for use in edition.forms)


def parts(made: Path) -> Parts:
    with ZipFile(made) as package:
        assert package.testzip() is None
        return [(name, package.read(name)) for name in package.namelist()]


class Ways:
    """Makes documents both ways."""

    def __init__(self, patched: pytest.MonkeyPatch, folder: Path) -> None:
        self.patched, self.folder = patched, folder

    def same(self, use: DocumentUse, record: Record, edition: Edition) -> bool:
        """Whether the quick way made the document; its parts are those of docxtpl."""
        tried: list[bytes | None] = []

        def quickly(*given: Any) -> bytes | None:
            tried.append(_QUICKLY(*given))
            return tried[-1]

        first = self._made(quickly, use, record, edition)
        assert first == self._made(lambda *_: None, use, record, edition)
        return tried[0] is not None

    def _made(
        self, quickly: Callable[..., bytes | None], use: DocumentUse, record: Record, edition: Edition
    ) -> Parts:
        with self.patched.context() as patched:
            patched.setattr(Form, "quickly", quickly)
            [made] = make(use.name, record, edition, self.folder)
        return parts(made)


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ways:
    return Ways(monkeypatch, tmp_path)


def test_every_sheet_of_every_edition_can_be_filled_quickly(editions: Editions) -> None:
    for edition, use in uses(editions):
        printable = printable_of(use, edition)
        assert form_of(edition.file(use.template), printable).press is not None, (edition.key, use.name)


def test_records_that_fit_are_made_as_docxtpl_makes_them_with_their_code(
    editions: Editions, records: dict[tuple[str, str], Record], ways: Ways
) -> None:
    coded = set()
    for edition, use in uses(editions):
        for name in ("short", "blank"):
            assert ways.same(use, records[edition.key, name], edition), (edition.key, use.name, name)
        if members_of_codes(edition.file(use.template)):
            coded.add(use.name)
    assert {"archive", "contact-cards"} <= coded


def test_a_record_that_goes_on_elsewhere_is_no_quick_one(
    editions: Editions, records: dict[tuple[str, str], Record]
) -> None:
    for edition in editions:
        form = form_of(edition.file(edition.document("archive").template), edition)
        record = records[edition.key, "extreme"]
        assert form.quickly(Words(edition, record.number, record.values), {}, present_fonts()) is None


@pytest.mark.parametrize(
    "values",
    [
        {"address": LONG_PLACE},
        {"family.0.name": "阿卜杜外力·买买提江", "family.1.name": "{{ 甲 }}"},
        {"remarks": 'R&D <甲> "乙"'},
        {"remarks": "上有老人，\n下有子女。"},
    ],
)
def test_smaller_type_and_odd_signs_are_those_of_docxtpl(
    editions: Editions, ways: Ways, values: dict[str, Value]
) -> None:
    for edition in editions:
        assert ways.same(edition.document("archive"), a_record(7, edition, values), edition), edition.key


def test_every_drawing_of_a_document_has_a_number_of_its_own(editions: Editions, tmp_path: Path) -> None:
    values: dict[str, Value] = {f"family.{row}.name": f"家人{row}" for row in range(12)}
    for edition in editions:
        [made] = make("archive", a_record(7, edition, values), edition, tmp_path)
        numbers = re.findall(rb'<wp:docPr id="([0-9]+)"', dict(parts(made))["word/document.xml"])
        assert len(numbers) > 1 and len(set(numbers)) == len(numbers)
