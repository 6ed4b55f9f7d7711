"""Codes on made sheets: which sheet bears which, and the same bytes for the same record."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import zxingcpp
from PIL import Image, ImageOps

from docgen.codes import MODULES, code_picture, members_of_codes
from docgen.documents import make
from records.archive import Record
from records.codes import code_of, read_code
from records.editions import Editions
from tests.docgen.conftest import a_record


def said(picture: bytes) -> str:
    """What a code's picture says, with the white around it that a sheet leaves."""
    with Image.open(io.BytesIO(picture)) as image:
        framed = ImageOps.expand(image.convert("L"), border=40, fill=255)
    [found] = zxingcpp.read_barcodes(np.asarray(framed))
    return found.text


def codes_in(file: Path) -> list[str]:
    """What the pictures of a made file say."""
    with ZipFile(file) as package:
        return sorted(said(package.read(name)) for name in package.namelist() if "/media/" in name)


def code(record: Record, document: str, sheet: int = 0) -> str:
    return code_of(record.edition, document, record.number, record.revision, record.values, sheet).text


def test_a_picture_says_its_text_the_same_way_each_time() -> None:
    text = "D1/4K7QZ/1234567/12/0/7XQ2PA"
    assert said(code_picture(text)) == text
    assert code_picture(text) == code_picture(text) != code_picture(text.replace("7", "2"))
    with Image.open(io.BytesIO(code_picture(text))) as image:
        assert image.size == (MODULES * 8, MODULES * 8)


def test_a_form_bears_its_record_s_code_and_each_revision_another(editions: Editions, tmp_path: Path) -> None:
    for edition in editions:
        record = a_record(7, edition, {"name": "张三"})
        [made] = make("archive", record, edition, tmp_path / edition.key)
        assert codes_in(made) == [code(record, "archive")]
        before = made.read_bytes()
        assert make("archive", record, edition, tmp_path / edition.key)[0].read_bytes() == before
        [next_made] = make("archive", replace(record, revision=2), edition, tmp_path / "next")
        assert codes_in(next_made) != codes_in(made)


def test_each_continuation_sheet_bears_a_code_of_its_own(editions: Editions, tmp_path: Path) -> None:
    for edition in editions:
        values = {f"family.{row}.name": f"家人{row}" for row in range(12)}
        record = a_record(7, edition, values)
        [made] = make("archive", record, edition, tmp_path)
        found = [read_code(text) for text in codes_in(made)]
        assert sorted(one.sheet for one in found if one) == list(range(len(found)))
        assert len(found) >= 3 - (edition.key != "henan-2016") and None not in found


def test_both_cards_on_a_sheet_bear_the_code_and_a_sheet_without_its_place_none(
    editions: Editions, tmp_path: Path
) -> None:
    henan = editions["henan-2016"]
    [made] = make("contact-cards", a_record(7, henan, {"name": "张三"}), henan, tmp_path)
    with ZipFile(made) as package:
        assert package.read("word/document.xml").count(b"<wp:anchor") == 2
    assert len(codes_in(made)) == 1
    shaoxing = editions["shaoxing-2010"]
    [made] = make("checklist", a_record(7, shaoxing, {"name": "张三"}), shaoxing, tmp_path)
    assert codes_in(made) == [] and not members_of_codes(shaoxing.file("checklist.docx"))
