"""Every document as it comes out of the printer: pages, fonts, grid, labels, places of seals."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pdfplumber
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from docgen.fonts import present_fonts
from docgen.office import count_pages, sections
from docgen.picture import pages
from docgen.tags import Words
from docgen.templates import read_sheet, tags_of
from records.archive import Record
from records.editions import Editions, load_editions
from records.values import narrow

EDITIONS = load_editions()
DOCUMENTS = [(edition.key, use.name) for edition in EDITIONS for use in edition.forms]
SEALED = [("shaoxing-2010", "archive"), ("shaoxing-2010", "checklist")]
PEOPLE = ("short", "extreme", "blank")
ROWS = json.loads(
    (Path(__file__).parent.parent / "data" / "henan-2016-rows.json").read_text(encoding="utf-8")
)
MM = 72 / 25.4
"""Points in a millimetre."""
SEAL = 42 * MM
"""A union's seal across, points."""

Made = dict[tuple[str, str, str], tuple[Path, Path]]


_OPENED: dict[Path, pdfplumber.pdf.PDF] = {}


@contextmanager
def opened(pdf: Path) -> Iterator[pdfplumber.pdf.PDF]:
    """A PDF, taken apart once for all tests that look at it."""
    if pdf not in _OPENED:
        _OPENED[pdf] = pdfplumber.open(pdf)
    yield _OPENED[pdf]


@pytest.fixture(scope="module", autouse=True)
def closed_at_last() -> Iterator[None]:
    yield
    for pdf in _OPENED.values():
        pdf.close()
    _OPENED.clear()


def squeezed(text: str) -> str:
    return narrow(re.sub(r"\s", "", text))


def text_of(pdf: Path) -> str:
    with opened(pdf) as document:
        return squeezed("".join(page.extract_text() or "" for page in document.pages))


def letters(pdf: Path) -> dict[str, int]:
    """How often each character is printed; order is lost where a cell wraps."""
    with opened(pdf) as document:
        told = "".join(char["text"] for page in document.pages for char in page.chars)
    return {letter: told.count(letter) for letter in set(told)}


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize(("edition", "document"), DOCUMENTS)
def test_every_form_is_one_page_and_each_continuation_one_more(
    edition: str, document: str, person: str, printed: Made
) -> None:
    word, pdf = printed[edition, person, document]
    assert count_pages(pdf) == sections(word)
    if person != "extreme" or document != "archive":
        assert count_pages(pdf) == 1


@pytest.mark.parametrize("edition", sorted(EDITIONS.by_key))
def test_nine_relatives_stand_on_the_form_and_its_continuation(edition: str, printed: Made) -> None:
    _, pdf = printed[edition, "extreme", "archive"]
    with opened(pdf) as document:
        first, second = (squeezed(page.extract_text() or "") for page in document.pages[:2])
    assert "续页" in second and "续页1" not in first
    assert (first + second).count("410204196202168902") >= 10


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize(("edition", "document"), DOCUMENTS)
def test_only_typefaces_with_chinese_shapes_are_in_the_pdf(
    edition: str, document: str, person: str, printed: Made
) -> None:
    fonts = present_fonts()
    faces = {fonts.face(name) for name in ("宋体", "黑体", "仿宋_GB2312")}
    # One outline table serves all regions of a Noto collection, so a PDF cannot tell them apart by name.
    allowed = tuple(
        {face.family.removesuffix(" Medium").removesuffix(" SC").replace(" ", "") for face in faces if face}
    )
    with opened(printed[edition, person, document][1]) as pdf:
        named = {char["fontname"].partition("+")[2] for page in pdf.pages for char in page.chars}
    assert named and all(name.startswith(allowed) for name in named)


def test_glyphs_have_their_chinese_shapes(printed: Made) -> None:
    [page] = pages(printed["", "shapes", "shapes"][1], dpi=72)
    face = present_fonts().face("宋体")
    assert face is not None
    drawn = cropped(page)
    chinese, japanese = (
        likeness(drawn, glyph(face.file, index)) for index in (face.index, japanese_index(face.file))
    )
    assert chinese > 0.9 and chinese > japanese + 0.02


def japanese_index(file: Path) -> int:
    return next(
        index
        for index in range(8)
        if ImageFont.truetype(str(file), 10, index=index).getname()[0].endswith("JP")
    )


def glyph(file: Path, index: int) -> Image.Image:
    picture = Image.new("RGB", (400, 400), "white")
    ImageDraw.Draw(picture).text((50, 50), "骨", "black", ImageFont.truetype(str(file), 200, index=index))
    return cropped(picture)


def cropped(picture: Image.Image) -> Image.Image:
    """The ink alone, at one size."""
    ink = picture.convert("L").point(lambda level: 255 if level < 128 else 0)
    return ink.crop(ink.getbbox()).resize((160, 160))


def likeness(one: Image.Image, other: Image.Image) -> float:
    """How much of the ink of two pictures is common, 0 to 1."""
    a, b = (np.asarray(picture) > 127 for picture in (one, other))
    return float((a & b).sum() / (a | b).sum())


@pytest.mark.parametrize(("edition", "document"), DOCUMENTS)
def test_every_printed_label_stands_on_the_page(edition: str, document: str, printed: Made) -> None:
    from docx import Document  # the sheet's own text is what must appear

    use = EDITIONS[edition].document(document)
    sheet = Document(str(EDITIONS[edition].file(use.template)))
    cells = {cell.text for table in sheet.tables for row in table.rows for cell in row.cells}
    labels = {squeezed(re.sub(r"\{\{.*?\}\}", "", cell)) for cell in cells} - {""}
    labels |= {squeezed(paragraph.text) for paragraph in sheet.paragraphs} - {""}
    with opened(printed[edition, "blank", document][1]) as pdf:
        [page] = pdf.pages
        found = {squeezed(cell or "") for table in page.extract_tables() for row in table for cell in row}
        around = squeezed(page.extract_text() or "")
    assert {label for label in labels if label not in found and label not in around} == set()


@pytest.mark.parametrize("person", ["short", "blank"])
def test_the_ruled_grid_is_the_notice_s(person: str, printed: Made) -> None:
    with opened(printed["henan-2016", person, "archive"][1]) as pdf:
        [table] = pdf.pages[0].find_tables()
    asked = [len(row) for row in ROWS["form"]]
    asked[19] = 4  # drawn under its four headings, the first merged from above
    # A cell merged from above is not begun again: rows 12-15, 17 and 20 have one fewer of their own.
    merged = {*range(11, 15), 16, 19}
    assert [sum(cell is not None for cell in row.cells) for row in table.rows] == [
        cells - (number in merged) for number, cells in enumerate(asked)
    ]


@pytest.mark.parametrize(
    ("document", "names"),
    [
        ("contact-card-helper", ["card_helper"]),
        ("contact-card-worker", ["card_worker"]),
        ("contact-cards", ["card_helper", "card_worker"]),
    ],
)
def test_the_ruled_grid_of_the_cards_is_the_notice_s(document: str, names: list[str], printed: Made) -> None:
    with opened(printed["henan-2016", "short", document][1]) as pdf:
        tables = pdf.pages[0].find_tables()
    found = [[sum(cell is not None for cell in row.cells) for row in table.rows] for table in tables]
    assert found == [[len(row) for row in ROWS[name]] for name in names]


def test_the_two_cards_are_parted_by_a_cut_line_at_mid_page(printed: Made) -> None:
    with opened(printed["henan-2016", "short", "contact-cards"][1]) as pdf:
        [page] = pdf.pages
        first, second = page.find_tables()
        [cut] = [word for word in page.extract_words() if "裁开" in word["text"]]
        assert first.bbox[3] < cut["top"] < second.bbox[1]
        assert abs(cut["top"] - page.height / 2) < 15 / 25.4 * 72


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize(("edition", "document"), SEALED)
def test_both_seals_have_42_mm_where_nothing_is_printed(
    edition: str, document: str, person: str, printed: Made
) -> None:
    _, pdf = printed[edition, person, document]
    with opened(pdf) as document:
        boxes = [seal_cells(page) for page in document.pages]
    for picture, cells in zip(pages(pdf, dpi=100), boxes, strict=True):
        assert len(cells) == 2
        for box in cells:
            assert box[3] - box[1] >= SEAL and box[2] - box[0] >= SEAL
            assert (disc(picture, box) > 250).all()


def seal_cells(page: pdfplumber.page.Page) -> list[tuple[float, float, float, float]]:
    """The cells that a seal goes into."""
    cells = [cell for table in page.find_tables() for cell in table.cells]
    return [
        cell
        for cell in cells
        if cell[3] - cell[1] > 99 and "（盖章）" in (page.crop(cell).extract_text() or "")
    ]


def disc(picture: Image.Image, box: tuple[float, float, float, float]) -> NDArray[np.uint8]:
    """The pixels that a seal in the middle of a cell covers."""
    scale = 100 / 72
    x, y, radius = (box[0] + box[2]) / 2 * scale, (box[1] + box[3]) / 2 * scale, SEAL / 2 * scale
    grey = np.asarray(picture.convert("L"))
    rows, columns = np.ogrid[: grey.shape[0], : grey.shape[1]]
    return grey[(columns - x) ** 2 + (rows - y) ** 2 <= radius**2]


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize(("edition", "document"), DOCUMENTS)
def test_no_picture_but_codes_outside_the_tables_stands_anywhere(
    edition: str, document: str, person: str, printed: Made
) -> None:
    with opened(printed[edition, person, document][1]) as pdf:
        for page in pdf.pages:
            for image in page.images:
                wide, high = (image[side] / MM for side in ("width", "height"))
                assert wide == pytest.approx(high, abs=0.1) and 10 <= wide <= 12
                assert not [table for table in page.find_tables() if _meet(table.bbox, image)]


def _meet(box: tuple[float, float, float, float], image: dict[str, Any]) -> bool:
    return (
        box[0] < image["x1"] and image["x0"] < box[2] and box[1] < image["bottom"] and image["top"] < box[3]
    )


@pytest.mark.parametrize("person", PEOPLE)
def test_the_place_of_the_worker_s_signature_is_blank(person: str, printed: Made) -> None:
    with opened(printed["henan-2016", person, "archive"][1]) as pdf:
        [row] = [row for row in pdf.pages[0].extract_tables()[0] if "职工签字" in row]
        assert [cell for cell in row[row.index("职工签字") + 1 :] if cell] == []


@pytest.mark.parametrize(("edition", "document"), DOCUMENTS)
def test_of_an_extreme_record_no_letter_is_cut(
    edition: str,
    document: str,
    printed: Made,
    editions: Editions,
    records: dict[tuple[str, str], Record],
) -> None:
    record = records[edition, "extreme"]
    sheet = read_sheet(editions[edition].file(editions[edition].document(document).template))
    words = Words(editions[edition], record.number, record.values)
    there = letters(printed[edition, "extreme", document][1])
    for tag in tags_of(sheet, editions[edition]):
        for letter in set(words.text(tag.name)) - {" ", "\n"}:
            assert there.get(letter, 0) >= words.text(tag.name).count(letter)


def test_a_rare_name_is_drawn_and_can_be_copied(printed: Made) -> None:
    assert "阿不都拉𬱖" in text_of(printed["henan-2016", "extreme", "contact-card-worker"][1])
    assert {"㛃", "䶮"} <= set(letters(printed["henan-2016", "extreme", "archive"][1]))
