"""What anybody may hand a clerk: a clear Chinese message, an exit code, and the rest goes on."""

from __future__ import annotations

import io
import json
import re
import shutil
import sqlite3
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pytest
from PIL import Image, ImageDraw

from intake.limits import LIMITS
from records.store import Store
from tests.clerk import SAMPLES, Clerk, Said

CHINESE = re.compile("[\u4e00-\u9fff]")
FORM = SAMPLES / "form.docx"
PICTURE = SAMPLES / "14-shaoxing-2010-wenkai-phone_good.jpg"


def locked_pdf(file: Path) -> None:
    """A PDF whose standard security handler accepts no empty password."""
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [] /Count 0 >>",
        b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (b"11" * 32, b"22" * 32),
    ]
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, io.SEEK_END)
    places = []
    for number, part in enumerate(parts, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, part))
    start = out.tell()
    out.write(b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(
        b"trailer << /Size 4 /Root 1 0 R /Encrypt 3 0 R /ID [<00> <00>] >>\nstartxref\n%d\n%%%%EOF\n" % start
    )
    file.write_bytes(out.getvalue())


def torn(sample: Path) -> Callable[[Path], None]:
    """The first two thirds of a sample."""

    def write(file: Path) -> None:
        content = sample.read_bytes()
        file.write_bytes(content[: len(content) * 2 // 3])

    return write


def copied(sample: Path) -> Callable[[Path], None]:
    """A sample under another name."""

    def write(file: Path) -> None:
        shutil.copyfile(sample, file)

    return write


def zip_bomb(file: Path) -> None:
    """A Word file that unpacks to half a gigabyte of zeros."""
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w", force_zip64=True) as member:
            for _ in range(500):
                member.write(bytes(1_000_000))


def picture_bomb(file: Path) -> None:
    """A PNG of a few hundred bytes that says it is 60,000 pixels wide and high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + body)


def landscape(file: Path) -> None:
    """A photograph of no form at all."""
    pixels = np.random.default_rng(7).integers(90, 255, (900, 1200, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(file)


def other_form(file: Path) -> None:
    """A ruled table that is no form of ours."""
    page = Image.new("RGB", (1240, 1754), "white")
    pen = ImageDraw.Draw(page)
    for row in range(9):
        pen.line((100, 200 + row * 90, 1140, 200 + row * 90), "black", 3)
    for column in range(5):
        pen.line((100 + column * 260, 200, 100 + column * 260, 920), "black", 3)
    page.save(file)


BAD: dict[str, tuple[Callable[[Path], None], str]] = {
    "locked.pdf": (locked_pdf, "encrypted"),
    "torn.pdf": (lambda file: file.write_bytes(b"%PDF-1.7\ntorn") and None, "broken_file"),
    "torn.docx": (torn(FORM), "broken_file"),
    "torn.png": (lambda file: file.write_bytes(b"\x89PNG\r\n\x1a\n torn") and None, "broken_file"),
    "wrong.pdf": (lambda file: file.write_text("只是一段文字", encoding="utf-8") and None, "unknown_kind"),
    "empty.jpg": (lambda file: file.touch(), "empty_file"),
    "bomb.docx": (zip_bomb, "archive_bomb"),
    "bomb.png": (picture_bomb, "too_many_pixels"),
}


@pytest.fixture(scope="module")
def desk_of_bad_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("bad")
    for name, (write, _) in BAD.items():
        write(folder / name)
    shutil.copyfile(FORM, folder / "middle.docx")
    yield folder


def is_clear(said: Said) -> bool:
    """Every line said to a clerk has Chinese in it, and no trace of the program."""
    lines = [line for line in said.err.splitlines() if line.strip()]
    return all(CHINESE.search(line) for line in lines) and "Traceback" not in said.err + said.out


def test_reading_names_what_is_wrong_with_each_file_and_reads_the_others(
    dangan: Clerk, desk_of_bad_files: Path
) -> None:
    said = dangan("read", *sorted(desk_of_bad_files.iterdir()), desk_of_bad_files / "absent.pdf", "--json")
    assert said.status == 1
    told = {Path(line["file"]).name: line for line in said.lines}
    assert told["middle.docx"]["edition"] == "shaoxing-2010"
    codes = {name: line["error"]["code"] for name, line in told.items() if "error" in line}
    assert codes == {name: code for name, (_, code) in BAD.items()} | {"absent.pdf": "no_access"}
    for name, line in told.items():
        if "error" in line:
            assert name in line["error"]["message"]
            assert line["error"]["message"].endswith("。")
    assert is_clear(said)
    assert str(LIMITS.pixels) in told["bomb.png"]["error"]["message"]


def test_taking_sets_bad_files_aside_and_takes_the_others(dangan: Clerk, desk_of_bad_files: Path) -> None:
    said = dangan("take", desk_of_bad_files)
    assert (said.status, is_clear(said)) == (1, True)
    with Store.open(dangan.home) as store:
        assert [row.file for row in store.drafts()] == ["middle.docx"]
        assert {aside.file: aside.reason.code for aside in store.aside()} == {
            name: code for name, (_, code) in BAD.items()
        }
        assert store.unread() == []
    for name in BAD:
        assert name in said.err


def test_a_wrong_suffix_does_not_matter_when_the_content_is_a_form(dangan: Clerk, tmp_path: Path) -> None:
    copied(FORM)(tmp_path / "form.pdf")
    [line] = dangan("read", tmp_path / "form.pdf", "--json").lines
    assert line["edition"] == "shaoxing-2010"


@pytest.mark.parametrize("write", [landscape, other_form])
def test_a_picture_of_no_known_form_is_said_to_be_unread(
    dangan: Clerk, tmp_path: Path, write: Callable[[Path], None]
) -> None:
    write(tmp_path / "page.png")
    said = dangan("read", tmp_path / "page.png", "--json")
    [line] = said.lines
    assert (line["edition"], line["pages"], "fields" in line) == (None, [1], False)
    assert CHINESE.search(line["reason"])
    taken = dangan("take", tmp_path / "page.png")
    assert (taken.status, is_clear(taken)) == (1, True)


def test_a_page_of_110_dpi_is_read_and_said_to_be_coarse(dangan: Clerk, tmp_path: Path) -> None:
    with Image.open(SAMPLES / "00-henan-2016-song-office_200.jpg") as page:
        coarse = page.resize((page.width * 110 // 200, page.height * 110 // 200), Image.Resampling.LANCZOS)
        coarse.save(tmp_path / "coarse.png", dpi=(110, 110))
    [line] = dangan("read", tmp_path / "coarse.png", "--json").lines
    assert line["edition"] == "henan-2016"
    assert "coarse_page" in {finding["rule"] for finding in line["findings"]}


def test_an_engine_that_breaks_down_spoils_its_pictures_only(dangan: Clerk, tmp_path: Path) -> None:
    said = dangan("take", PICTURE, FORM, "--engine", "tests.clerk:Crashing")
    assert (said.status, is_clear(said)) == (1, True)
    with Store.open(dangan.home) as store:
        assert [row.file for row in store.drafts()] == [FORM.name]
    assert "19650101" not in (dangan.home / "dangan.log").read_text(encoding="utf-8")
    # The scan is not lost: with a sound engine its file is simply taken again.
    assert dangan("take", PICTURE).status == 0


def test_a_full_disk_stops_the_batch_and_the_next_run_goes_on(dangan: Clerk) -> None:
    said = dangan("take", PICTURE, FORM, "--engine", "tests.clerk:WithoutRoom")
    assert (said.status, is_clear(said), "磁盘已满" in said.err) == (1, True, True)
    with Store.open(dangan.home) as store:
        assert (store.drafts(), len(store.unread())) == ([], 1)
    again = dangan("take", FORM)
    assert (again.status, "上次中断" in again.err) == (0, True)
    with Store.open(dangan.home) as store:
        assert sorted(row.file for row in store.drafts()) == sorted([PICTURE.name, FORM.name])


def test_ctrl_c_leaves_cleanly_and_the_next_run_goes_on(dangan: Clerk) -> None:
    said = dangan("take", PICTURE, "--engine", "tests.clerk:Interrupted")
    assert (said.status, is_clear(said), "已停止" in said.err) == (130, True, True)
    with Store.open(dangan.home) as store:
        assert [kept.file for kept in store.unread()] == [PICTURE.name]


@pytest.mark.parametrize("engine", ["eagle", "no.such.module:Engine", "tests.clerk:Absent"])
def test_a_missing_engine_is_said_and_nothing_is_taken(dangan: Clerk, engine: str) -> None:
    said = dangan("take", PICTURE, "--engine", engine)
    assert (said.status, is_clear(said), "doctor" in said.err) == (1, True, True)


def test_without_libreoffice_word_is_made_and_what_needs_it_says_so(dangan: Clerk, tmp_path: Path) -> None:
    dangan.patch.setenv("DANGAN_SOFFICE", str(tmp_path / "absent"))
    assert dangan("import", SAMPLES / "form.json").status == 0
    said = dangan("make", "archive", 1, "--out", tmp_path / "made", "--pdf")
    assert (said.status, is_clear(said), "LibreOffice" in said.err) == (1, True, True)
    assert [file.suffix for file in (tmp_path / "made").iterdir()] == [".docx"]
    checks = {check["what"]: check for check in dangan("doctor", "--json").lines}
    assert checks["LibreOffice"]["result"] == "缺少"
    assert "apt-get install" in checks["LibreOffice"]["how"]


def test_a_store_of_a_newer_version_is_left_alone(dangan: Clerk) -> None:
    dangan("import", SAMPLES / "form.json")
    with sqlite3.connect(dangan.home / "dangan.sqlite") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    for words in (("list",), ("take", FORM), ("show", 1), ("export",)):
        said = dangan(*words)
        assert (said.status, is_clear(said), "升级" in said.err) == (1, True, True)
    assert {check["result"] for check in dangan("doctor", "--json").lines} >= {"有问题"}


def test_a_file_that_is_no_store_is_not_written_over(dangan: Clerk) -> None:
    dangan.home.mkdir()
    (dangan.home / "dangan.sqlite").write_bytes(b"this is somebody's diary\n" * 100)
    said = dangan("list")
    assert (said.status, is_clear(said)) == (1, True)
    assert (dangan.home / "dangan.sqlite").read_bytes().startswith(b"this is somebody's diary")


def with_tag(sheet: Path, target: Path, tag: str, instead: str) -> None:
    """The Word sheet with one tag replaced."""
    target.parent.mkdir(parents=True)
    with ZipFile(sheet) as given, ZipFile(target, "w", ZIP_DEFLATED) as taken:
        for member in given.infolist():
            content = given.read(member)
            if member.filename == "word/document.xml":
                assert tag.encode() in content
                content = content.replace(tag.encode(), instead.encode())
            taken.writestr(member, content)


@pytest.mark.parametrize("instead", ["{{ name ", "{{ nickname }}", "{% for x %}"])
def test_a_broken_tag_is_named_with_its_file(dangan: Clerk, tmp_path: Path, instead: str) -> None:
    from records.editions import BUILT_IN

    sheet = BUILT_IN / "shaoxing-2010" / "archive.docx"
    with_tag(sheet, dangan.home / "templates" / "shaoxing-2010" / "archive.docx", "{{ name }}", instead)
    checked = dangan("templates", "check", "shaoxing-2010")
    assert checked.status == 1
    assert "archive.docx" in checked.out + checked.err
    assert instead.strip("{}% ").split()[0] in checked.out + checked.err
    dangan("import", SAMPLES / "form.json")
    made = dangan("make", "archive", 1, "--out", tmp_path / "made")
    assert (made.status, is_clear(made), "archive.docx" in made.err) == (1, True, True)


def test_an_edition_that_is_wrong_is_said_with_its_file(dangan: Clerk) -> None:
    folder = dangan.home / "templates" / "invented-2030"
    folder.mkdir(parents=True)
    (folder / "edition.toml").write_text("title = ", encoding="utf-8")
    said = dangan("list")
    assert (said.status, "edition.toml" in said.err) == (1, True)


@pytest.mark.parametrize("number", [0, 7, 10**30])
def test_a_number_that_no_record_has_is_said(dangan: Clerk, number: int) -> None:
    for words in (("show", number), ("review", number), ("check", number), ("state", number)):
        said = dangan(*words)
        assert said.status in (1, 2)
        assert CHINESE.search(said.err)
        assert "日志" not in said.err


def test_a_whole_household_may_be_entered_that_is_wrong_in_every_field(dangan: Clerk, tmp_path: Path) -> None:
    fields = {
        "name": "\u0000" * 3,
        "id_number": "1" * 400,
        "birth_date": "yesterday",
        "monthly_income": -5e300,
    }
    file = tmp_path / "wrong.json"
    file.write_text(json.dumps({"edition": "shaoxing-2010", "fields": fields}), encoding="utf-8")
    said = dangan("import", file)
    assert (said.status, is_clear(said)) == (1, True)
    assert not (dangan.home / "dangan.log").exists()
