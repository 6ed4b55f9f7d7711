from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import numpy as np
import pillow_heif
import pytest
from PIL import Image

from intake.files import FileKind, Page, open_scan, pages
from intake.limits import LIMITS, Limits
from intake.shots import Shot, shots
from records.errors import DanganError, Encrypted, IntakeError, OfficeMissing, TooLarge, Unreadable
from tests.intake.conftest import ROOT
from tests.intake.paper import pdf_file

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def picture_file(file: Path, kind: str, size: tuple[int, int] = (60, 40), **settings: object) -> Path:
    image = Image.new("RGB", size, "white")
    image.putpixel((3, 5), (0, 0, 255))
    image.save(file, kind, **settings)
    return file


def whole_word_file(file: Path) -> Path:
    document = docx.Document()
    document.add_table(2, 2)
    document.save(str(file))
    return file


def old_word_file(file: Path, flags: int = 0) -> Path:
    """The bytes by which a Word 97 file is known, fEncrypted among its flags."""
    head = b"\xec\xa5\xc1\x00" + bytes(7) + bytes([flags]) + bytes(500)
    file.write_bytes(OLE + head + "WordDocument".encode("utf-16-le"))
    return file


def all_shots(file: Path, limits: Limits = LIMITS, heic: bool = False) -> list[Shot]:
    return [load() for load in shots(file, heic, limits)]


@pytest.mark.parametrize("suffix", [".jpg", ".dat", ".docx"])
@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda file: picture_file(file, "JPEG"), FileKind.PICTURE),
        (lambda file: picture_file(file, "PNG"), FileKind.PICTURE),
        (lambda file: picture_file(file, "TIFF"), FileKind.PICTURE),
        (lambda file: pdf_file(file, ""), FileKind.PDF),
        (whole_word_file, FileKind.DOCX),
        (old_word_file, FileKind.OLD_WORD),
        (lambda file: file.write_bytes(b"{\\rtf1 x}") and file, FileKind.OLD_WORD),
    ],
)
def test_a_file_is_known_by_its_content_not_its_suffix(
    make: Callable[[Path], Path], kind: FileKind, suffix: str, tmp_path: Path
) -> None:
    file = make(tmp_path / f"a{suffix}")
    scan = open_scan(file)
    assert scan.kind is kind
    assert scan.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def broken(content: bytes) -> Callable[[Path], Path]:
    def make(file: Path) -> Path:
        file.write_bytes(content)
        return file

    return make


def cut(whole: Callable[[Path], Path], keep: float) -> Callable[[Path], Path]:
    def make(file: Path) -> Path:
        content = whole(file).read_bytes()
        file.write_bytes(content[: int(len(content) * keep)])
        return file

    return make


def zipped(members: dict[str, bytes]) -> Callable[[Path], Path]:
    def make(file: Path) -> Path:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        return file

    return make


@pytest.mark.parametrize(
    ("make", "error", "code"),
    [
        (broken(b""), Unreadable, "empty_file"),
        (broken(bytes(5000)), Unreadable, "empty_file"),
        (broken(b"just words"), Unreadable, "unknown_kind"),
        (zipped({"xl/workbook.xml": b"x"}), Unreadable, "unknown_kind"),
        (broken(OLE + "Workbook".encode("utf-16-le")), Unreadable, "unknown_kind"),
        (cut(whole_word_file, 0.6), Unreadable, "broken_file"),
        (
            zipped({"word/document.xml": b"<w:document", "[Content_Types].xml": b"<x"}),
            Unreadable,
            "broken_file",
        ),
        (
            cut(lambda file: picture_file(file, "JPEG", (900, 900), quality=95), 0.5),
            Unreadable,
            "broken_file",
        ),
        (cut(lambda file: picture_file(file, "PNG", (900, 900)), 0.5), Unreadable, "broken_file"),
        (cut(lambda file: picture_file(file, "TIFF", (900, 900)), 0.5), Unreadable, "broken_file"),
        (broken(b"%PDF-1.4 and nothing"), Unreadable, "broken_file"),
        (broken(OLE + "EncryptedPackage".encode("utf-16-le")), Encrypted, "encrypted"),
        (lambda file: old_word_file(file, flags=1), Encrypted, "encrypted"),
        (zipped({"word/document.xml": bytes(30_000_000)}), TooLarge, "archive_bomb"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(
    make: Callable[[Path], Path], error: type[IntakeError], code: str, tmp_path: Path
) -> None:
    file = make(tmp_path / "a.docx")
    with pytest.raises(error) as told:
        for page in pages(open_scan(file), None):
            if page.draw is not None:
                page.draw()
    assert told.value.code == code
    assert told.value.facts["file"] == "a.docx"


def test_a_missing_file_is_said() -> None:
    with pytest.raises(Unreadable) as told:
        open_scan(Path("nowhere.pdf"))
    assert told.value.code == "no_access"


@pytest.mark.parametrize(
    ("limits", "make", "code"),
    [
        (Limits(size=100), lambda file: picture_file(file, "PNG", (200, 200)), "file_too_big"),
        (Limits(pixels=1000), lambda file: picture_file(file, "PNG", (50, 50)), "too_many_pixels"),
        (Limits(pixels=1000), lambda file: picture_file(file, "JPEG", (50, 50)), "too_many_pixels"),
        (Limits(unpacked=5000), whole_word_file, "archive_bomb"),
        (Limits(members=3), whole_word_file, "archive_bomb"),
        (Limits(pages=0), lambda file: picture_file(file, "TIFF"), "too_many_pages"),
    ],
)
def test_each_limit_is_kept(limits: Limits, make: Callable[[Path], Path], code: str, tmp_path: Path) -> None:
    with pytest.raises(TooLarge) as told:
        for page in pages(open_scan(make(tmp_path / "a"), limits), None, limits):
            if page.draw is not None:
                page.draw()
    assert told.value.code == code
    assert "limit" in told.value.facts


def test_a_picture_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    Image.new("1", (20000, 20000)).save(file)
    with pytest.raises(TooLarge) as told:
        all_shots(file)
    assert told.value.code == "too_many_pixels"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photo_is_shown_upright_and_boxes_lead_back(orientation: int, tmp_path: Path) -> None:
    raw = np.zeros((30, 50, 3), np.uint8)
    raw[4:9, 10:20] = 255
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(raw).save(tmp_path / "a.png", exif=exif)
    shot = all_shots(tmp_path / "a.png")[0]
    assert shot.picture.shape[:2] == ((30, 50) if orientation < 5 else (50, 30))
    rows, columns = np.nonzero(shot.picture[:, :, 0])
    box = (int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)
    assert shot.back.box(box) == (10, 4, 20, 9)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_very_fine_picture_is_made_coarser_and_boxes_lead_back(kind: str, tmp_path: Path) -> None:
    raw = np.full((400, 600, 3), 255, np.uint8)
    raw[100:200, 200:300] = 0
    Image.fromarray(raw).save(tmp_path / "a", kind, dpi=(600, 600))
    shot = all_shots(tmp_path / "a", Limits(working_pixels=60_000))[0]
    assert shot.picture.shape[:2] == (200, 300)
    assert shot.dpi == pytest.approx(300, abs=0.01)
    assert shot.back.box((100, 50, 150, 100)) == (200, 100, 300, 200)


def test_colours_come_as_blue_green_red_on_white(tmp_path: Path) -> None:
    for mode, colour in (
        ("RGB", (255, 0, 0)),
        ("RGBA", (255, 0, 0, 255)),
        ("CMYK", (0, 255, 255, 0)),
        ("P", 1),
    ):
        image = Image.new(mode, (4, 4), colour)
        if mode == "P":
            image.putpalette([0, 0, 0, 255, 0, 0])
        image.save(tmp_path / "a.tif")
        assert all_shots(tmp_path / "a.tif")[0].picture[0, 0].tolist() == [0, 0, 255], mode
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(tmp_path / "a.png")
    assert all_shots(tmp_path / "a.png")[0].picture[0, 0].tolist() == [255, 255, 255]
    Image.fromarray(np.full((4, 4), 65535, np.uint16)).save(tmp_path / "b.png")
    assert all_shots(tmp_path / "b.png")[0].picture[0, 0].tolist() == [255, 255, 255]


def test_a_tiff_has_many_pages_and_only_a_believable_resolution_counts(tmp_path: Path) -> None:
    frames = [Image.new("L", (10 + number, 20), "white") for number in range(3)]
    frames[0].save(tmp_path / "a.tif", save_all=True, append_images=frames[1:], dpi=(200, 200))
    found = all_shots(tmp_path / "a.tif")
    assert [shot.picture.shape[1] for shot in found] == [10, 11, 12]
    assert found[0].dpi == 200
    picture_file(tmp_path / "b.jpg", "JPEG", dpi=(72, 72))
    assert all_shots(tmp_path / "b.jpg")[0].dpi is None


def test_heic_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.jpg"
    pillow_heif.from_pillow(Image.new("RGB", (64, 48), (200, 10, 10))).save(file, format="HEIF")
    scan = open_scan(file)
    assert scan.kind is FileKind.HEIC
    blue, green, red = all_shots(file, heic=True)[0].picture[20, 20]
    assert red > 180
    assert max(blue, green) < 40
    with pytest.raises(TooLarge):
        all_shots(file, Limits(pixels=100), heic=True)


def test_old_word_goes_through_the_office_that_is_given(tmp_path: Path) -> None:
    made = whole_word_file(tmp_path / "made.docx")
    asked: list[Path] = []

    def to_docx(file: Path, folder: Path) -> Path:
        asked.append(file)
        return Path(shutil.copy(made, folder / "out.docx"))

    file = old_word_file(tmp_path / "a.wps")
    found = list(pages(open_scan(file), to_docx))
    assert asked == [file]
    assert [len(grid.cells) for grid in found[0].grids] == [4]


def test_old_word_without_an_office_is_said(tmp_path: Path) -> None:
    with pytest.raises(OfficeMissing):
        list(pages(open_scan(old_word_file(tmp_path / "a.doc")), None))


def test_a_scanned_pdf_is_drawn_at_its_own_resolution(tmp_path: Path) -> None:
    image = Image.new("RGB", (2480, 3508), "white")
    image.save(tmp_path / "a.pdf", resolution=300)
    page = one_page(tmp_path / "a.pdf")
    assert page.grids == ()
    assert page.draw is not None
    shot = page.draw()
    assert shot.dpi == pytest.approx(300, abs=1)
    assert shot.picture.shape[0] == pytest.approx(3508, abs=3)
    assert shot.back.box((0, 0, 1500, 3000)) == (0, 0, 1000, 2000)


def one_page(file: Path) -> Page:
    found = list(pages(open_scan(file), None))
    assert len(found) == 1
    return found[0]


def test_a_locked_pdf_is_locked_here_too() -> None:
    with pytest.raises(DanganError) as told:
        list(pages(open_scan(ROOT / "tests/data/locked.pdf"), None))
    assert told.value.code == "encrypted"
