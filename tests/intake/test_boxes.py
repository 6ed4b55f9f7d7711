"""Every value's box, cut out of the file as it came, shows the value's own ink: each kind, each turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pikepdf
import pillow_heif
import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageDraw
from rapidfuzz import fuzz

from intake.engine import Picture
from intake.files import open_scan, pages
from intake.limits import LIMITS, Limits
from intake.pieces import Piece
from intake.reading import read_page
from records.drafts import Draft
from records.editions import Editions, load_editions
from tests.intake.conftest import INVENTED, ROOT, NoEngine
from tests.intake.pictures import font
from tests.intake.test_picture import Remembering

FILLED = ROOT / "tests" / "data" / "filled" / "00.pdf"
FILLED_IN = {
    "name": "韦慧宝",
    "mobile": "15577604353",
    "family.0.name": "苏梅珍",
}
DPI = 150
CARD = (
    ("会员证号", "A30517", "会员姓名", "李建国"),
    ("性别", "男", "入会日期", "1998.5.12"),
    ("船只种类", "渔船", "年渔获收入", "36000"),
    ("泊位地址", "河畔镇三号码头", "", ""),
    ("姓名", "", "船上职务", "出生年月"),
    ("王秀兰", "", "厨师", "2001.3"),
    ("", "", "", ""),
    ("是否符合互助条件", "是", "核实日期", "2020.1.7"),
    ("申请事项", "医疗", "会员签名", "李建国"),
)
"""A small form of an invented edition; what is empty belongs to the cell before it, or is blank."""
SAID = {"member_no": "A30517", "name": "李建国", "joined_on": "1998.5.12", "berth": "河畔镇三号码头"}
SAID |= {"yearly_catch": "36000", "crew.0.name": "王秀兰"}
TURNS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How each EXIF orientation is shown upright."""
BACK = {6: 8, 8: 6}
"""Of the turns those that are not their own inverse."""


def rendered(file: Path, dpi: float, number: int = 0) -> Image.Image:
    document = pdfium.PdfDocument(file)
    picture = document[number].render(scale=dpi / 72).to_pil().convert("RGB")
    document.close()
    return picture


@pytest.fixture(scope="module")
def editions() -> Editions:
    return load_editions(INVENTED)


@pytest.fixture(scope="module")
def engine() -> Remembering:
    return Remembering()


@pytest.fixture(scope="module")
def drawn() -> Image.Image:
    """The card, filled in."""
    card = Image.new("RGB", (1654, 760), "white")
    pen = ImageDraw.Draw(card)
    columns, high = (110, 480, 850, 1180, 1540), 62
    pen.text((827, 50), "困难会员登记卡", 0, font(38), anchor="mm")
    for row, texts in enumerate(CARD):
        y = 100 + row * high
        for column, text in enumerate(texts):
            right = column + 1
            if row in (3, 4, 5) and column == (1 if row == 3 else 0):
                right = 4 if row == 3 else 2
            elif not text and row != 6:
                continue
            pen.rectangle((columns[column], y, columns[right], y + high), outline=0, width=2)
            pen.text(((columns[column] + columns[right]) / 2, y + high / 2), text, 0, font(25), anchor="mm")
    return card


def turned(picture: Image.Image, turn: Image.Transpose | None) -> Image.Image:
    return picture if turn is None else picture.transpose(turn)


def draft_of(
    file: Path,
    editions: Editions,
    engine: Remembering | NoEngine,
    number: int = 1,
    limits: Limits = LIMITS,
) -> Draft:
    [page] = [page for page in pages(open_scan(file), None, limits) if page.number == number]
    [found] = read_page(page, editions, engine)
    assert isinstance(found.what, Piece)
    return found.what.draft


def check(
    draft: Draft,
    original: Image.Image,
    engine: Remembering,
    said: Mapping[str, str] = SAID,
    upright: Callable[[Image.Image], Image.Image] = lambda cut: cut,
    inset: int = -5,
) -> None:
    """What the engine reads in the boxes of the original is what stands there, but for a character or two."""
    sources = [draft.readings[path].source for path in said]
    boxes = [source.box for source in sources if source is not None and source.box is not None]
    cuts = [original.crop((x0 + inset, y0 + inset, x1 - inset, y1 - inset)) for x0, y0, x1, y1 in boxes]
    seen = [line.text for line in engine.read([crop_of(upright(cut)) for cut in cuts])]
    assert [round(fuzz.ratio(*pair) / 100) for pair in zip(seen, said.values(), strict=True)] == [1] * len(
        said
    ), seen


def crop_of(cut: Image.Image) -> Picture:
    """A cut as an engine wants it: with white around."""
    picture = np.asarray(cut.convert("RGB"))[:, :, ::-1]
    room = 14
    return np.pad(picture, ((room, room), (room, room), (0, 0)), constant_values=255)


@pytest.mark.parametrize("orientation", TURNS)
def test_a_photo_in_every_orientation(
    orientation: int, drawn: Image.Image, engine: Remembering, editions: Editions, tmp_path: Path
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    raw = turned(drawn, TURNS[BACK.get(orientation, orientation)])
    raw.save(tmp_path / "a.png", exif=exif)
    draft = draft_of(tmp_path / "a.png", editions, engine)
    check(draft, raw, engine, upright=lambda cut: turned(cut, TURNS[orientation]))


def test_a_page_of_a_tiff_that_is_not_its_first(
    drawn: Image.Image, engine: Remembering, editions: Editions, tmp_path: Path
) -> None:
    first = Image.new("RGB", (300, 200), "white")
    first.save(tmp_path / "a.tif", save_all=True, append_images=[drawn.copy()], compression="tiff_lzw")
    draft = draft_of(tmp_path / "a.tif", editions, engine, 2)
    assert {one.source.page for one in draft.readings.values() if one.source} == {2}
    with Image.open(tmp_path / "a.tif") as file:
        file.seek(1)
        check(draft, file.convert("RGB"), engine)


def test_a_heic_photo(drawn: Image.Image, engine: Remembering, editions: Editions, tmp_path: Path) -> None:
    pillow_heif.from_pillow(drawn).save(tmp_path / "a.heic", quality=90)
    draft = draft_of(tmp_path / "a.heic", editions, engine)
    check(draft, pillow_heif.open_heif(tmp_path / "a.heic").to_pillow(), engine)


def test_a_picture_finer_than_is_worked_on(
    drawn: Image.Image, engine: Remembering, editions: Editions, tmp_path: Path
) -> None:
    fine = drawn.resize((drawn.width * 3, drawn.height * 3), Image.Resampling.BICUBIC)
    fine.save(tmp_path / "a.png", compress_level=1)
    coarser = Limits(working_pixels=drawn.width * drawn.height + 1)
    draft = draft_of(tmp_path / "a.png", editions, engine, limits=coarser)
    check(draft, fine, engine, upright=lambda cut: cut.reduce(3), inset=-15)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_scan_in_a_pdf_that_is_shown_turned(
    degrees: int, drawn: Image.Image, engine: Remembering, editions: Editions, tmp_path: Path
) -> None:
    file = tmp_path / "a.pdf"
    drawn.save(file, resolution=DPI, quality=95)
    with pikepdf.open(file, allow_overwriting_input=True) as pdf:
        pdf.pages[0].Rotate = degrees
        pdf.save(file)
    draft = draft_of(file, editions, engine)
    check(draft, rendered(file, 200), engine, upright=lambda cut: cut.rotate(degrees, expand=True))


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_digital_page_drawn_sideways_and_shown_upright(
    degrees: int, engine: Remembering, editions: Editions, no_engine: NoEngine, tmp_path: Path
) -> None:
    file = tmp_path / "a.pdf"
    with pikepdf.open(FILLED) as pdf:
        page = pdf.pages[0]
        wide, high = (float(side) for side in page.mediabox[2:])
        turn = {
            0: (1, 0, 0, 1, 0, 0),
            90: (0, 1, -1, 0, high, 0),
            180: (-1, 0, 0, -1, wide, high),
            270: (0, -1, 1, 0, 0, wide),
        }[degrees]
        moved = " ".join(map(str, turn))
        page.contents_add(pikepdf.Stream(pdf, f"q {moved} cm".encode()), prepend=True)
        page.contents_add(pikepdf.Stream(pdf, b"Q"))
        page.mediabox = [0, 0, wide, high] if degrees % 180 == 0 else [0, 0, high, wide]
        page.Rotate = degrees
        pdf.save(file)
    check(draft_of(file, editions, no_engine), rendered(file, 200), engine, FILLED_IN, inset=7)


def test_a_digital_page_shown_upside_down_is_read_as_a_picture(
    engine: Remembering, editions: Editions, tmp_path: Path
) -> None:
    file = tmp_path / "a.pdf"
    with pikepdf.open(FILLED) as pdf:
        pdf.pages[0].Rotate = 180
        pdf.save(file)
    draft = draft_of(file, editions, engine)
    check(draft, rendered(file, 200), engine, FILLED_IN, upright=lambda cut: cut.rotate(180))
