"""What dangan prints, dangan reads: a form made of a record gives the same values again."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from docgen.documents import make
from docgen.office import Office
from intake.engine import Line, Picture
from intake.reading import read_file
from records.archive import Record
from records.drafts import Draft
from records.editions import Edition, Field, load_editions
from records.values import Value, row_path

EDITIONS = load_editions()
NAMES = "甲乙丙丁戊己庚辛壬"


class NoEngine:
    """A digital form wants no recognition."""

    name = "none"

    def read(self, crops: Sequence[Picture]) -> list[Line]:
        raise AssertionError("a digital form was read as a picture")


def household(edition: Edition, members: int) -> Record:
    """An invented household with everything filled in and some values far too long."""
    values: dict[str, Value] = {}
    for asked in edition.on_paper:
        if asked.is_rows:
            rows = members if asked.key == "family" else 3
            for index in range(rows):
                values |= {row_path(asked.key, index, one.key): some(one, index) for one in asked.fields}
        else:
            values[asked.key] = some(asked, 0)
    values["remarks"] = "家庭遭遇重大变故，生活十分困难，" * 30
    when = datetime(2016, 10, 1, tzinfo=UTC)
    return Record(1, edition.key, values, when, when, 1)


def some(asked: Field, index: int) -> Value:
    choice = asked.choices[index % len(asked.choices)] if asked.choices else None
    return {
        "choice": choice, "choices": asked.choices[: asked.at_most or 2], "date": "1962-02-16",
        "id_number": "410204196202168902", "money": Decimal(800 + index), "number": Decimal("60.5"),
        "integer": Decimal(3), "phone": "13800000000", "bank_card": "6260410413382253436",
        "code": "450000" if asked.pattern == "\\d{6}" else "2016-0001",
    }.get(asked.kind, f"李{NAMES[index]}" if asked.prior == "person" else "开封市第一棉纺织厂")  # fmt: skip


def read_back(file: Path) -> tuple[str, dict[str, Value]]:
    [draft] = read_file(file, EDITIONS, NoEngine())
    assert isinstance(draft, Draft)
    return draft.edition, {path: value for path, value in draft.values.items() if value is not None}


@pytest.mark.parametrize("members", [1, 9])
@pytest.mark.parametrize("edition", list(EDITIONS), ids=lambda edition: edition.key)
def test_a_word_form_reads_back_exactly(edition: Edition, members: int, tmp_path: Path) -> None:
    record = household(edition, members)
    [made] = make("archive", record, edition, tmp_path)
    assert read_back(made) == (edition.key, record.values)


def test_the_same_forms_printed_read_back_exactly(tmp_path: Path) -> None:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    assert program is not None, "LibreOffice is installed by `make test`"
    records = [household(edition, 6) for edition in EDITIONS]
    made = [make("archive", one, EDITIONS[one.edition], tmp_path)[0] for one in records]
    printed = Office(Path(program)).to_pdf(made, tmp_path)
    assert [read_back(file) for file in printed] == [(one.edition, one.values) for one in records]
