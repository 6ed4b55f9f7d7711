from __future__ import annotations

import io
from hashlib import sha256
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageDraw

from docgen.enclosures import LONG_SIDE, Enclosed, enclose, images
from records.errors import DanganError, Encrypted, TooLarge, Unreadable


def picture(width: int, height: int, mode: str = "RGB") -> Image.Image:
    drawn = Image.new(mode, (width, height), "white" if mode != "RGBA" else (255, 255, 255, 0))
    ImageDraw.Draw(drawn).rectangle((2, 2, width // 2, height // 4), fill="black" if mode != "1" else 0)
    return drawn


def taken(file: Path, pages: tuple[int, ...] = ()) -> Enclosed:
    checksum = sha256(file.read_bytes()).hexdigest()
    return enclose(file, file.name, checksum, pages, file.with_suffix(".out"))


def pdf_of(file: Path, sizes: list[tuple[float, float]], **saving: object) -> Path:
    with pikepdf.new() as pdf:
        for size in sizes:
            page = pdf.add_blank_page(page_size=size)
            page.Contents = pdf.make_stream(b"0 0 10 10 re f")
        pdf.save(file, **saving)  # type: ignore[arg-type]
    return file


def test_a_jpeg_goes_in_byte_for_byte_at_its_paper_s_size(tmp_path: Path) -> None:
    file = tmp_path / "bill.jpg"
    picture(1654, 2339).save(file, dpi=(200, 200))
    with pikepdf.open(taken(file).pdf) as pdf:
        [image] = images(pdf.pages[0])
        assert image.read_raw_bytes() == file.read_bytes()
        assert [round(float(side)) for side in pdf.pages[0].mediabox[2:]] == [595, 842]


def test_a_picture_without_a_resolution_is_taken_for_as_long_as_a4(tmp_path: Path) -> None:
    file = tmp_path / "photo.jpg"
    picture(3000, 2000).save(file, dpi=(72, 72))
    with pikepdf.open(taken(file).pdf) as pdf:
        assert float(pdf.pages[0].mediabox[2]) == pytest.approx(LONG_SIDE)


def test_a_phone_s_picture_stands_upright(tmp_path: Path) -> None:
    file, turned = tmp_path / "photo.jpg", Image.Exif()
    turned[0x112] = 6
    picture(1500, 1000).save(file, exif=turned, dpi=(200, 200))
    with pikepdf.open(taken(file).pdf) as pdf:
        assert pdf.pages[0].Rotate == 90


def test_pages_are_chosen_from_a_tiff_and_from_a_pdf(tmp_path: Path) -> None:
    frames = [picture(400, 500 + 50 * number, "1") for number in range(3)]
    tiff = tmp_path / "all.tif"
    frames[0].save(tiff, save_all=True, append_images=frames[1:], compression="group4", dpi=(100, 100))
    assert taken(tiff).pages == 3
    with pikepdf.open(taken(tiff, (2,)).pdf) as pdf:
        assert float(pdf.pages[0].mediabox[3]) == pytest.approx(550 * 0.72)
    file = pdf_of(tmp_path / "all.pdf", [(100, 100), (200, 200), (300, 300)])
    with pikepdf.open(taken(file, (3, 1)).pdf) as pdf:
        assert [float(page.mediabox[2]) for page in pdf.pages] == [100, 300]


@pytest.mark.parametrize("name", ["a.png", "a.webp", "a.bmp", "a.gif", "a.heic"])
def test_pictures_of_other_formats_lose_nothing(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    if name.endswith("heic"):
        import pillow_heif

        pillow_heif.register_heif_opener()
    picture(300, 400, "RGBA" if name in ("a.png", "a.webp") else "RGB").save(file, quality=100)
    with pikepdf.open(taken(file).pdf) as pdf:
        [image] = images(pdf.pages[0])
        assert pikepdf.PdfImage(image).size == (300, 400)
        assert image.get("/Filter") != "/DCTDecode"


def test_what_was_noted_on_a_pdf_is_drawn_on_its_page(tmp_path: Path) -> None:
    file = pdf_of(tmp_path / "note.pdf", [(200, 200)])
    with pikepdf.open(file, allow_overwriting_input=True) as pdf:
        look = pdf.make_stream(b"0 g 0 0 50 50 re f")
        look.Type, look.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
        look.BBox = pikepdf.Array([0, 0, 50, 50])
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Stamp,
            Rect=[100, 100, 150, 150],
            F=4,
            AP=pikepdf.Dictionary(N=look),
        )
        pdf.pages[0].Annots = pikepdf.Array([pdf.make_indirect(note)])
        pdf.save(file)
    page = pypdfium2.PdfDocument(taken(file).pdf)[0]
    assert page.render(draw_annots=False).to_pil().convert("L").getpixel((125, 75)) == 0


def broken(folder: Path, what: str) -> Path:
    file = folder / f"{what}.jpg"
    if what == "cut":
        whole = io.BytesIO()
        picture(600, 800).save(whole, "JPEG")
        file.write_bytes(whole.getvalue()[: len(whole.getvalue()) // 2])
    elif what == "broken-off":
        file.write_bytes(pdf_of(folder / "whole.pdf", [(100, 100)] * 9).read_bytes()[:-100])
    elif what == "locked":
        pdf_of(file, [(100, 100)], encryption=pikepdf.Encryption(user="a", owner="b"))
    elif what == "no-page":
        pdf_of(file, [])
    elif what == "no-stream":
        with pikepdf.new() as pdf:
            page = pdf.add_blank_page()
            page.Contents = pikepdf.Stream(pdf, b"no flate at all")
            page.Contents.write(b"no flate at all", filter=pikepdf.Name.FlateDecode)
            pdf.save(file)
    else:
        file.write_bytes({"empty": b"", "word": b"PK\x03\x04 word"}[what])
    return file


@pytest.mark.parametrize(
    ("what", "kind", "code"),
    [
        ("cut", Unreadable, "unreadable"),
        ("broken-off", Unreadable, "unreadable"),
        ("no-stream", Unreadable, "unreadable"),
        ("no-page", Unreadable, "page_not_there"),
        ("word", Unreadable, "unreadable"),
        ("empty", Unreadable, "empty_file"),
        ("locked", Encrypted, "encrypted"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, what: str, kind: type[DanganError], code: str) -> None:
    with pytest.raises(kind) as caught:
        taken(broken(tmp_path, what))
    assert (caught.value.code, caught.value.facts["file"]) == (code, f"{what}.jpg")


def test_a_page_that_is_not_there_and_a_changed_file_are_named(tmp_path: Path) -> None:
    file = pdf_of(tmp_path / "two.pdf", [(100, 100)] * 2)
    with pytest.raises(Unreadable, match="page_not_there"):
        taken(file, (1, 3))
    with pytest.raises(Unreadable, match="scan_changed"):
        enclose(file, "two.pdf", "0" * 64, (), tmp_path / "out")
    with pytest.raises(Unreadable, match="unreadable"):
        enclose(tmp_path / "gone.pdf", "gone.pdf", "0" * 64, (), tmp_path / "out")


def test_a_picture_beyond_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docgen.enclosures.MOST_PIXELS", 1000)
    file = tmp_path / "large.png"
    picture(100, 100).save(file)
    with pytest.raises(TooLarge, match="too_many_pixels"):
        taken(file)
