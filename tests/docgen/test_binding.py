from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pdfplumber
import pikepdf
import pypdfium2
import pytest
from PIL import Image

from docgen.binding import A4, FOOT, Letters, Mark, Sheet, Volume, bind
from docgen.documents import make
from docgen.enclosures import images
from docgen.office import Office
from records.editions import Edition, Editions
from records.errors import DocumentError

from .conftest import a_record

NUMBERING = "第 {page} 页 共 {pages} 页"


@pytest.fixture(scope="session")
def medical(editions: Editions) -> Edition:
    return next(one for one in editions if one.medical)


@pytest.fixture(scope="session")
def letters(medical: Edition, office: Office, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The type of page numbers, typeset."""
    folder = tmp_path_factory.mktemp("letters")
    record = a_record(1, medical, {"numerals": "第页共待盖章0123456789 "})
    [pdf] = office.to_pdf(make("packet-numerals", record, medical, folder), folder)
    return pdf


def pages_of(file: Path, *contents: tuple[tuple[float, float], bytes]) -> Path:
    with pikepdf.new() as pdf:
        for size, content in contents:
            page = pdf.add_blank_page(page_size=size)
            page.Contents = pdf.make_stream(content)
        pdf.save(file)
    return file


def bound(sheets: list[Sheet], letters: Path, target: Path, marks: tuple[Mark, ...] = ()) -> Path:
    made = bind(Volume(sheets, marks, "材料", NUMBERING, "待盖章", letters), 20_000_000)
    assert made.resolution is None
    target.write_bytes(made.data)
    return target


def test_every_page_is_a4_and_says_its_number(letters: Path, tmp_path: Path) -> None:
    ink = b"20 20 100 100 re f"
    file = pages_of(
        tmp_path / "in.pdf", (A4, b""), ((1000, 500), ink), ((200, 100), ink), ((2000, 3000), ink)
    )
    target = bound(
        [Sheet(file, page, unstamped=page == 0) for page in range(4)], letters, tmp_path / "out.pdf"
    )
    with pdfplumber.open(target) as pdf:
        sizes = [(round(page.width), round(page.height)) for page in pdf.pages]
        texts = [page.extract_text() for page in pdf.pages]
    assert sizes == [(595, 842), (842, 595), (595, 842), (595, 842)]
    assert texts[0] == "待盖章 第 1 页 共 4 页"
    assert texts[1:] == [f"第 {number} 页 共 4 页" for number in (2, 3, 4)]


def test_a_number_never_covers_content(letters: Path, tmp_path: Path) -> None:
    low = f"0 0 {A4[0]} {FOOT} re f".encode()
    high = f"0 {FOOT + 5} {A4[0]} 100 re f".encode()
    file = pages_of(tmp_path / "in.pdf", (A4, low), (A4, high))
    target = bound([Sheet(file, 0), Sheet(file, 1)], letters, tmp_path / "out.pdf")
    shown = [np.asarray(page.render(scale=1).to_pil().convert("L")) for page in pypdfium2.PdfDocument(target)]
    foot = [picture[-int(FOOT) :, :] for picture in shown]
    # Only the number is dark there, in the middle; the page that left it free was not made smaller.
    assert all((one < 128).any() and not (one[:, :150] < 128).any() for one in foot)
    assert [bool((picture[-int(FOOT) - 20, :5] < 128).all()) for picture in shown] == [False, True]


def test_a_turned_page_stands_upright(letters: Path, tmp_path: Path) -> None:
    file = pages_of(tmp_path / "in.pdf", (A4, b"0 742 100 100 re f"))
    with pikepdf.open(file, allow_overwriting_input=True) as pdf:
        pdf.pages[0].Rotate = 90
        pdf.save(file)
    target = bound([Sheet(file, 0)], letters, tmp_path / "out.pdf")
    shown = np.asarray(pypdfium2.PdfDocument(target)[0].render(scale=1).to_pil().convert("L"))
    assert shown.shape[1] > shown.shape[0]
    assert shown[30, 800] < 128 < shown[30, 30]


def test_bookmarks_lead_to_their_pages(letters: Path, tmp_path: Path) -> None:
    file = pages_of(tmp_path / "in.pdf", (A4, b""), (A4, b""))
    marks = (Mark("封面", 0), Mark("发票", 1, (Mark("发票 1", 1),)))
    target = bound([Sheet(file, 0), Sheet(file, 1)], letters, tmp_path / "out.pdf", marks)
    told = [
        (mark.level, mark.get_title(), mark.get_dest().get_index())
        for mark in pypdfium2.PdfDocument(target).get_toc()
    ]
    assert told == [(0, "封面", 0), (0, "发票", 1), (1, "发票 1", 1)]


def noise(folder: Path, pixels: int, dpi: int) -> Path:
    """A page that no JPEG can make small, of this resolution."""
    chance = np.random.default_rng(1)
    grain = chance.integers(0, 255, (pixels * 4 // 3, pixels), dtype=np.uint8)
    saved = io.BytesIO()
    Image.fromarray(grain).save(saved, "JPEG", quality=95)
    with pikepdf.new() as pdf:
        image = pikepdf.Stream(pdf, saved.getvalue())
        image.write(saved.getvalue(), filter=pikepdf.Name.DCTDecode)
        image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        image.Width, image.Height, image.BitsPerComponent = pixels, pixels * 4 // 3, 8
        image.ColorSpace = pikepdf.Name.DeviceGray
        size = (pixels / dpi * 72, pixels * 4 / 3 / dpi * 72)
        page = pdf.add_blank_page(page_size=size)
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
        page.Contents = pdf.make_stream(f"{size[0]} 0 0 {size[1]} 0 0 cm /Im0 Do".encode())
        pdf.save(folder / "noise.pdf")
    return folder / "noise.pdf"


@pytest.mark.parametrize(
    ("largest", "resolution", "width"), [(9.0, None, 1600), (0.9, 200, 1000), (0.01, 150, 750)]
)
def test_pictures_get_coarser_step_by_step_but_never_too_coarse(
    letters: Path, tmp_path: Path, largest: float, resolution: int | None, width: int
) -> None:
    file = noise(tmp_path, 1600, 320)
    made = bind(Volume([Sheet(file, 0)], (), "材料", NUMBERING, "待盖章", letters), largest * 1_000_000)
    with pikepdf.open(io.BytesIO(made.data)) as pdf:
        [image] = images(pdf.pages[0])
        assert (made.resolution, int(image.Width)) == (resolution, width)


def test_the_same_pages_give_the_same_bytes(letters: Path, tmp_path: Path) -> None:
    file = noise(tmp_path, 300, 150)
    made = [bound([Sheet(file, 0)], letters, tmp_path / name).read_bytes() for name in ("one", "two")]
    assert made[0] == made[1]


def test_a_letter_that_was_not_typeset_is_an_error(letters: Path) -> None:
    with pikepdf.new() as pdf, pikepdf.open(letters) as typeset:
        known = Letters.of(pdf, typeset)
        assert known.width("第 1 页") > 20
        with pytest.raises(DocumentError, match="no_letter"):
            known.drawn("公", 0)
