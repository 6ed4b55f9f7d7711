"""A stack out of a sheet feeder, read with the real engine: halves scanned out of order, blank backs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image

from intake.rapid import RapidEngine
from intake.reading import read_file
from records.drafts import Draft, Unmatched
from records.editions import load_editions
from tests.intake.conftest import ROOT, plain_values
from tests.intake.test_reading import expected, truth_of_filled

TWO_PAGES = ROOT / "tests" / "data" / "filled" / "two-pages.pdf"


def drawn_pages() -> list[Image.Image]:
    """Both pages of the digital form as a scanner would give them."""
    document = pdfium.PdfDocument(TWO_PAGES)
    pictures = [document[number].render(scale=200 / 72).to_pil().convert("RGB") for number in range(2)]
    document.close()
    return pictures


def blank_page() -> Image.Image:
    grain = np.random.default_rng(3).normal(246, 3, (1654, 2339, 3))
    return Image.fromarray(np.clip(grain, 0, 255).astype(np.uint8))


def tiff(file: Path, pictures: Sequence[Image.Image]) -> Path:
    first, *others = pictures
    first.save(file, save_all=True, append_images=others, compression="tiff_lzw", dpi=(200, 200))
    return file


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> list[Draft | Unmatched]:
    front, back = drawn_pages()
    file = tiff(tmp_path_factory.mktemp("stack") / "stack.tif", (back, blank_page(), front, blank_page()))
    return list(read_file(file, load_editions(), RapidEngine()))


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
