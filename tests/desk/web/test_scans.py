"""Pages of kept paper as pictures: in the file's own coordinates, for the paper's own unit alone."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from starlette.testclient import TestClient

from desk.pictures import Pictures, Wanted
from desk.web.site import Site
from intake import shown
from intake.shots import Back, Frame
from records.accounts import Role
from records.drafts import Draft, Origin, Reading
from records.errors import Unreadable
from tests.clerk import SAMPLES
from tests.desk.web.conftest import Enter
from tests.desk.web.drafts import Drawing, drawing

__all__ = ["drawing"]

RED, BLUE, GREEN, GRAY = (200, 0, 0), (0, 0, 200), (0, 160, 0), (128, 128, 128)


def a_phone_picture(folder: Path, orientation: int = 6) -> Path:
    """400 × 200 in the file, red at its left and blue at its right; shown turned when the camera says so."""
    image = Image.new("RGB", (400, 200), RED)
    image.paste(BLUE, (200, 0, 400, 200))
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = folder / f"phone{orientation}.png"
    image.save(file, exif=exif)
    return file


def keep(site: Site, file: Path, unit: str = "") -> str:
    kept = site.store.keep(file, unit=unit)
    draft = Draft("henan-2016", {"name": Reading("林海生")}, origin=Origin(file.name, kept.sha256, (1,)))
    site.store.add_drafts(kept.sha256, [draft])
    return kept.sha256


def seen(client: TestClient, address: str) -> Image.Image:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"].startswith("private")
    return Image.open(io.BytesIO(answer.content)).convert("RGB")


@pytest.fixture
def pictures(drawing: Drawing) -> Pictures:
    return drawing


@pytest.fixture
def site(site: Site, drawing: Drawing) -> Site:
    site.__dict__["pictures"] = drawing
    return site


def test_a_page_is_shown_upright_and_its_boxes_are_the_files_own(
    site: Site, enter: Enter, tmp_path: Path
) -> None:
    client, sha256 = enter(), keep(site, a_phone_picture(tmp_path))
    page = seen(client, f"/scans/{sha256}/1.png")
    assert page.size == (200, 400)
    assert (page.getpixel((100, 20)), page.getpixel((100, 380))) == (RED, BLUE)
    left = seen(client, f"/scans/{sha256}/1.png?box=0,50,150,150")
    assert left.getcolors(9) == [(left.width * left.height, RED)]
    assert left.height > left.width
    right = seen(client, f"/scans/{sha256}/1.png?box=250,50,390,150&width=40")
    assert (right.width, right.getpixel((5, 5))) == (40, BLUE)
    assert seen(client, f"/scans/{sha256}/1.jpg?width=100").size == (100, 200)
    for outside in ("500,900,600,950", "-90,-50,-10,-5"):
        assert min(seen(client, f"/scans/{sha256}/1.png?box={outside}").size) == 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_box_lies_on_the_shown_page_where_the_way_back_says(tmp_path: Path, orientation: int) -> None:
    frame = shown.frame(a_phone_picture(tmp_path, orientation), 1)
    box = (40, 20, 120, 90)
    shares = frame.part(box)
    there = [round(share * side) for share, side in zip(shares, frame.size * 2, strict=True)]
    assert frame.back.box((there[0], there[1], there[2], there[3])) == box


def test_a_box_beyond_the_page_is_cut_at_its_edge() -> None:
    assert Frame((100, 50), Back()).part((-10, 10, 500, 25)) == (0.0, 0.2, 1.0, 0.5)


def test_a_pdf_counts_at_200_dpi(pictures: Pictures) -> None:
    width, height = pictures.frame(SAMPLES / "16-henan-2016-song-phone.pdf", 1).size
    page = Image.open(io.BytesIO(pictures.picture(Wanted(SAMPLES / "16-henan-2016-song-phone.pdf", 1))))
    assert page.width == 1600
    assert page.width / page.height == pytest.approx(width / height, rel=0.01)


def test_a_word_file_has_no_picture_and_no_file_a_page_too_many(
    site: Site, enter: Enter, tmp_path: Path
) -> None:
    client = enter()
    word, picture = keep(site, SAMPLES / "form.docx"), keep(site, a_phone_picture(tmp_path))
    for address in (f"{word}/1.png", f"{picture}/2.png", f"{'0' * 64}/1.png", f"{picture}/1.gif"):
        assert client.get(f"/scans/{address}").status_code == 404 or address.endswith("gif")
    assert "Word" in client.get(f"/scans/{word}/1.png").text


def test_nobody_of_another_unit_and_no_reader_sees_paper(
    site: Site, enter: Enter, stranger: TestClient, tmp_path: Path
) -> None:
    address = f"/scans/{keep(site, a_phone_picture(tmp_path), '一厂')}/1.png"
    assert enter(unit="一厂").get(address).status_code == 200
    assert enter().get(address).status_code == 200
    assert enter(unit="二厂").get(address).status_code == 404
    assert enter(Role.READER).get(address).status_code == 403
    assert stranger.get(address).status_code == 303


@pytest.mark.parametrize("asked", ["box=1,2,3", "box=a,b,c,d", "width=9999999", "box=1,2,3,9999999"])
def test_what_is_no_box_is_refused(site: Site, enter: Enter, tmp_path: Path, asked: str) -> None:
    assert enter().get(f"/scans/{keep(site, a_phone_picture(tmp_path))}/1.png?{asked}").status_code == 422


def test_looking_at_paper_is_noted_once(site: Site, enter: Enter, tmp_path: Path) -> None:
    client, sha256 = enter(), keep(site, a_phone_picture(tmp_path))
    for width in (100, 200):
        client.get(f"/scans/{sha256}/1.png?width={width}")
    assert [line.what for line in site.store.audit.lines(f"scan:{sha256[:12]}")] == ["paper_looked"]


def test_a_file_that_cannot_be_drawn_costs_an_answer_only(pictures: Pictures, tmp_path: Path) -> None:
    broken, sound = tmp_path / "broken.png", a_phone_picture(tmp_path)
    broken.write_bytes(sound.read_bytes()[:200])
    bomb = tmp_path / "bomb.png"
    Image.new("1", (12000, 12000)).save(bomb)
    for bad in (broken, bomb):
        with pytest.raises(Exception, match=r"broken_file|too_many_pixels"):
            pictures.picture(Wanted(bad, 1))
    assert pictures.picture(Wanted(sound, 1))


def test_a_file_that_takes_too_long_or_kills_its_process_is_told(tmp_path: Path) -> None:
    sound = a_phone_picture(tmp_path)
    hasty = Pictures(tmp_path / "log", seconds=0.0)
    with pytest.raises(Unreadable, match="reader_too_slow"):
        hasty.picture(Wanted(sound, 1))
    hasty.close()


def test_the_last_pictures_are_at_hand(pictures: Pictures, tmp_path: Path) -> None:
    file = a_phone_picture(tmp_path)
    first = pictures.picture(Wanted(file, 1, width=50))
    file.unlink()
    assert pictures.picture(Wanted(file, 1, width=50)) == first
