"""A stack out of a sheet feeder, read with the real engine: halves scanned out of order, blank backs."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image

from intake.files import open_scan, pages
from intake.headless import bare_cells
from intake.page_ends import bare_rows
from intake.picture import read_picture
from intake.reading import forms_of, read_file, read_page
from records.drafts import Draft, Unmatched
from records.editions import load_editions
from tests.intake.conftest import ROOT, plain_values
from tests.intake.test_picture import Remembering
from tests.intake.test_reading import expected, truth_of_filled

FILLED = ROOT / "tests" / "data" / "filled" / "00.pdf"
TWO_PAGES = ROOT / "tests" / "data" / "filled" / "two-pages.pdf"


def drawn_pages(file: Path = TWO_PAGES) -> list[Image.Image]:
    """The pages of a digital form as a scanner would give them."""
    document = pdfium.PdfDocument(file)
    pictures = [page.render(scale=200 / 72).to_pil().convert("RGB") for page in document]
    document.close()
    return pictures


def cut_in_its_table() -> tuple[Image.Image, Image.Image]:
    """A form on two pages, the first member of its household on both, the headings on the first only."""
    [drawn] = drawn_pages(FILLED)
    picture = np.array(drawn)
    # Between the figures of a column and its rule only the rules across are dark.
    rules = np.flatnonzero((picture[:, 526:530] < 128).all(axis=(1, 2)))
    lines = [int(rule) for rule in rules if rule - 1 not in rules]
    above, below = (max(line for line in lines if line < y) for y in (848, 900))
    ruled = np.flatnonzero((picture[lines[0] : lines[0] + 2] < 128).any(axis=(0, 2)))
    for line in (above, below):
        picture[line : line + 3, ruled[0] : ruled[-1] + 1] = 0
    white = np.full((160, picture.shape[1], 3), 255, np.uint8)
    first, second = picture[: below + 3], picture[above:]
    return Image.fromarray(np.vstack([first, white])), Image.fromarray(np.vstack([white, second]))


def blank_page() -> Image.Image:
    grain = np.random.default_rng(3).normal(246, 3, (1654, 2339, 3))
    return Image.fromarray(np.clip(grain, 0, 255).astype(np.uint8))


def tiff(file: Path, pictures: Sequence[Image.Image]) -> Path:
    first, *others = pictures
    first.save(file, save_all=True, append_images=others, compression="tiff_lzw", dpi=(200, 200))
    return file


@pytest.fixture(scope="module")
def engine() -> Remembering:
    return Remembering()


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory, engine: Remembering) -> list[Draft | Unmatched]:
    front, back = drawn_pages()
    file = tiff(tmp_path_factory.mktemp("stack") / "stack.tif", (back, blank_page(), front, blank_page()))
    return list(read_file(file, load_editions(), engine))


def test_two_halves_scanned_back_before_front_are_one_form(read: list[Draft | Unmatched]) -> None:
    [form] = [one for one in read if isinstance(one, Draft)]
    assert form.origin is not None and form.origin.pages == (1, 3)
    truth = expected(plain_values(truth_of_filled("00")["fields"]))
    told = {path: value for path, value in form.values.items() if value is not None}
    wrong = {path for path in {*truth, *told} if truth.get(path) != told.get(path)}
    assert wrong <= set(form.doubtful)
    assert len(wrong) <= 1
    assert {reading.source.page for reading in form.readings.values() if reading.source} == {1, 3}


def test_blank_backs_are_dropped_with_the_ink_that_was_measured(read: list[Draft | Unmatched]) -> None:
    blank = [one for one in read if isinstance(one, Unmatched)]
    assert [(one.origin.pages, one.reason.code) for one in blank] == [
        ((2,), "blank_page"),
        ((4,), "blank_page"),
    ]
    assert all(one.reason.facts["ink"] == "0.000%" for one in blank)


def test_values_in_rows_without_headings_are_read_on_every_page(engine: Remembering) -> None:
    page = np.asarray(cut_in_its_table()[1])[..., ::-1].copy()
    editions = load_editions()
    for _ in range(2):
        [(read, _)] = read_picture(page, 2, editions, engine)
        assert read is not None
        boxes = [cell.box for row in bare_cells(read.grid, read.sheets) for cell in row if cell.box]
        values = [line for box in boxes for _, line in read.cells[box].lines]
        assert len(values) > 8
        assert all(line.scores is not None for line in values)


def test_what_is_crossed_out_in_rows_without_headings_is_left_out_and_told(engine: Remembering) -> None:
    page = np.asarray(cut_in_its_table()[1])[..., ::-1].copy()
    editions = load_editions()
    [(read, _)] = read_picture(page, 2, editions, engine)
    assert read is not None
    boxes = [cell.box for row in bare_cells(read.grid, read.sheets) for cell in row if cell.box]
    lines = [one for box in boxes for one in read.cells[box].lines]
    stretch, line = max(lines, key=lambda one: one[0].box[2] - one[0].box[0])
    x0, y0, x1, y1 = read.page.box_in_file(stretch.box)
    cv2.line(page, (x0 + 2, (y0 + y1) // 2), (x1 - 2, (y0 + y1) // 2), (20, 20, 20), 2)
    [(read, _)] = read_picture(page, 2, editions, engine)
    assert read is not None
    [crossed] = [cell for row in bare_rows(read, engine) for cell in row if "crossed_out" in cell.doubts]
    assert line.text not in [one.text for one in crossed.lines]


def test_rows_that_go_on_without_their_headings_are_rows_of_the_form(
    tmp_path: Path, engine: Remembering
) -> None:
    file = tiff(tmp_path / "cut.tif", cut_in_its_table())
    scan, editions = open_scan(file), load_editions()
    gave = [found for page in pages(scan, None) for found in read_page(page, editions, engine)]
    sent = pickle.dumps(gave)  # as from another process
    assert len(sent) < 1_000_000
    [form] = forms_of(pickle.loads(sent), scan, editions)  # noqa: S301 (our own bytes)
    assert isinstance(form, Draft)
    truth = expected(plain_values(truth_of_filled("00")["fields"]))
    members = [path.removeprefix("family.0.") for path in truth if path.startswith("family.0.")]
    assert len(members) > 8
    for column in members:
        assert form.values[f"family.1.{column}"] == truth[f"family.0.{column}"]
        source = form.readings[f"family.1.{column}"].source
        assert source is not None
        assert source.page == 2
    told = {path: value for path, value in form.values.items() if not path.startswith("family.1.")}
    wrong = {path for path in {*truth, *told} if truth.get(path) != told.get(path)}
    assert wrong <= set(form.doubtful)
    assert len(wrong) <= 1
