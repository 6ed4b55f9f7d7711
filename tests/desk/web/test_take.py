"""Taking in through the browser: what comes in, what is refused, what is told, and to whom."""

from __future__ import annotations

import hashlib
import io
import json
import multiprocessing
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image
from starlette.testclient import TestClient

from desk.inputs import plain_name
from desk.settings import Settings
from desk.web.changes import Changes
from desk.web.reading import Progress, Reader
from desk.web.routes import take
from desk.web.site import Site, open_site
from desk.web.uploads import sweep
from desk.web.visit import Visit
from desk.workplace import Workplace
from docgen.enclosures import images
from records.accounts import Role
from records.codes import Return, Standing, code_of
from records.drafts import Draft, Origin, Reading, Unmatched
from records.findings import Reason
from tests.clerk import SAMPLES
from tests.desk.web.conftest import HOST, Enter
from tests.journeys.test_bad_input import picture_bomb, zip_bomb

KEY = "henan-2016"
NUMBERED = "330602196501010012.jpg"
POOR = Reason("scan_dark", {"percent": "30", "least": "40"})
BLANK = Reason("blank_page", {"ink": "0.003%"})


def sent(client: TestClient, name: str, content: bytes = b"ink") -> str:
    answer = client.post("/take/files", params={"name": name}, content=content)
    assert answer.status_code == 200, answer.text
    return answer.text


def sum_of(site: Site, name: str) -> str:
    return next(scan.sha256 for scan in site.store.scans() if scan.file == name)


def a_form(sha256: str, name: str = "甲", *pages: int) -> Draft:
    reading = {"name": Reading(name), "address": Reading("新街", review=True)}
    return Draft(KEY, reading, origin=Origin("a.tif", sha256, pages or (1,)))


def a_page(sha256: str, reason: Reason, page: int) -> Unmatched:
    return Unmatched(Origin("a.tif", sha256, (page,)), reason)


def rows_of(page: str) -> dict[str, str]:
    """The lines of files that a page shows, by their names."""
    found = re.findall(r'<li id="scan-\w+" class="file">(.*?)</li>', page, re.DOTALL)
    return {re.findall(r'class="name">(.*?)</span>', row)[0]: row for row in found}


# --- what comes in


def test_a_file_is_kept_under_its_unit_and_waits(site: Site, enter: Enter) -> None:
    client = enter(unit="一厂")
    assert "等待" in sent(client, "表1.JPG")
    [kept] = site.store.unread()
    assert (kept.file, kept.unit, kept.path.suffix) == ("表1.JPG", "一厂", ".jpg")
    assert kept.path.read_bytes() == b"ink"
    assert "等待" in rows_of(client.get("/take").text)["表1.JPG"]
    assert "还有 1 个文件等着读" in client.get("/take").text
    assert list((site.store.home / "uploads").iterdir()) == []
    [line] = site.store.audit.lines(f"scan:{kept.sha256[:12]}")
    assert (line.who, line.what, line.detail) == ("clerk0先生", "took", "表1.JPG")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\表.pdf", "表.pdf"),
        ("/srv/扫描/表 1.jpg", "表 1.jpg"),
        ("folder/", "folder"),
        ("a\x00b\r\nSet-Cookie: x\x1b.jpg", "abSet-Cookie: x.jpg"),
        ("\u202egpj.exe", "gpj.exe"),
        ("..", "无名文件"),
        ("", "无名文件"),
        ("...\u200b ", "无名文件"),
        ("长" * 500 + ".jpeg", "长" * 115 + ".jpeg"),
        ("x." + "y" * 500, "x." + "y" * 118),
    ],
)
def test_a_name_from_outside_is_a_name_and_nothing_else(given: str, name: str) -> None:
    found = plain_name(given)
    assert found == name or (len(found) == 120 and found.startswith(name[:100]))
    assert "/" not in found and "\\" not in found


def test_a_path_in_a_name_leads_nowhere_and_a_script_in_it_does_nothing(site: Site, enter: Enter) -> None:
    client = enter()
    before = {path for path in site.store.home.parent.rglob("*") if "dangan.sqlite" not in path.name}
    sent(client, "../../../../outside.jpg", b"one")
    shown = sent(client, "<script>alert(1)</script>.jpg", b"two") + client.get("/take").text
    after = {path for path in site.store.home.parent.rglob("*") if "dangan.sqlite" not in path.name}
    assert {path.parent for path in after - before} <= {site.store.home, site.store.home / "scans"}
    assert "<script>alert" not in shown
    assert "script&gt;.jpg" in shown


def test_a_number_in_a_name_is_masked_on_the_page_and_in_the_log(site: Site, enter: Enter) -> None:
    client = enter()
    shown = sent(client, NUMBERED) + client.get("/take").text
    assert "330602********0012.jpg" in shown
    assert "19650101" not in shown + "".join(line.detail for line in site.store.audit.lines())


def test_a_file_over_the_limit_is_refused_and_leaves_nothing(
    site: Site, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.web.uploads.LARGEST", 3_000_000)
    client = enter()

    def endless() -> Iterator[bytes]:  # its length is not told beforehand
        for _ in range(10):
            yield bytes(1_000_000)

    answer = client.post("/take/files", params={"name": "大.pdf"}, content=endless())
    assert answer.status_code == 413
    assert "大.pdf" in answer.text and "超过上限 3000000 字节" in answer.text
    told = client.post("/take/files", content=b"x", headers={"Content-Length": str(2**40)})
    assert told.status_code == 413
    assert site.store.scans() == []
    assert list((site.store.home / "uploads").iterdir()) == []


def test_an_upload_that_ends_early_is_not_taken_for_a_file(site: Site, enter: Enter) -> None:
    client = enter()
    answer = client.post("/take/files", content=b"half", headers={"Content-Length": "9"})
    assert "没有传完" in answer.text
    assert site.store.scans() == []


def test_a_full_disk_is_said_and_leaves_nothing(
    site: Site, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> tuple[int, Path]:
        raise OSError(28, "No space left on device", "uploads")

    client = enter()
    monkeypatch.setattr("desk.web.uploads._new_part", full)
    answer = client.post("/take/files", content=b"x")
    assert (answer.status_code, "磁盘已满" in answer.text) == (507, True)


def test_the_same_bytes_are_one_scan(site: Site, enter: Enter) -> None:
    client = enter()
    sent(client, "one.jpg")
    assert "以前收过（one.jpg）" in sent(client, "two.jpg")
    sha256 = sum_of(site, "one.jpg")
    site.store.add_drafts(sha256, [a_form(sha256)])
    again = sent(client, "three.jpg")
    assert "以前收过（one.jpg）" in again and 'href="/review/1"' in again
    assert [scan.file for scan in site.store.scans()] == ["one.jpg"]
    assert site.store.unread() == []


def test_what_a_broken_off_upload_left_goes_after_a_while(tmp_path: Path) -> None:
    (tmp_path / "uploads").mkdir()
    old, new = tmp_path / "uploads" / "a.part", tmp_path / "uploads" / "b.part"
    old.touch(), new.touch()
    os.utime(old, (time.time() - 500,) * 2)
    sweep(tmp_path)
    assert (old.exists(), new.exists()) == (False, True)


# --- who may, and who sees


def test_who_only_reads_takes_nothing_in(site: Site, enter: Enter, stranger: TestClient) -> None:
    reader = enter(Role.READER)
    assert reader.get("/take").status_code == 403
    assert reader.post("/take/files", content=b"x").status_code == 403
    assert reader.get("/take/events").status_code == 403
    assert stranger.get("/take/events").status_code == 303
    assert stranger.post("/take/files", content=b"x").status_code == 403
    assert site.store.scans() == []


def test_another_unit_sees_nothing_of_a_file_and_cannot_touch_it(site: Site, enter: Enter) -> None:
    mine, theirs, office = enter(unit="一厂"), enter(unit="二厂"), enter(Role.ADMINISTRATOR)
    sent(mine, "一厂的表.jpg")
    sha256 = sum_of(site, "一厂的表.jpg")
    site.store.set_aside(sha256, POOR)
    for page in ("/take", "/take/lists", "/take/aside"):
        assert "一厂的表" in mine.get(page).text
        assert "一厂的表" in office.get(page).text
        assert "一厂的表" not in theirs.get(page).text
    assert theirs.post(f"/take/again/{sha256}").status_code == 404
    assert theirs.post(f"/take/dismiss/{sha256}", data={"why": "x"}).status_code == 404
    assert theirs.get(f"/take/original/{sha256}").status_code == 404
    same = theirs.post("/take/files", params={"name": "b.jpg"}, content=b"ink")
    assert (same.status_code, "其他单位" in same.text, "一厂" in same.text) == (409, True, False)
    assert site.store.unread() == []
    assert len(site.store.aside()) == 1


@pytest.mark.parametrize("sha256", ["0" * 64, "x", "..%2f..%2fdangan.sqlite"])
def test_a_scan_that_is_not_there_is_not_found(enter: Enter, sha256: str) -> None:
    client = enter()
    assert client.get(f"/take/original/{sha256}").status_code == 404
    assert client.post(f"/take/again/{sha256}").status_code == 404


# --- what became of it


def test_a_page_loaded_anew_tells_of_each_file_what_the_store_knows(site: Site, enter: Enter) -> None:
    client, store = enter(), site.store
    for name in ("stack.tif", "dark.jpg", "empty.pdf", "back.jpg", "dropped.jpg", "case.jpg"):
        sent(client, name, name.encode())
    stack, dark, empty, back, dropped = (
        sum_of(site, f"{name}") for name in ("stack.tif", "dark.jpg", "empty.pdf", "back.jpg", "dropped.jpg")
    )
    pages = [
        a_form(stack, "甲", 1, 3),
        a_page(stack, BLANK, 2),
        a_form(stack, "乙", 4),
        a_page(stack, POOR, 5),
    ]
    store.add_drafts(stack, pages)
    store.set_aside(dark, Reason("encrypted", {"file": "dark.jpg"}))
    store.add_drafts(empty, [a_page(empty, BLANK, 1)])
    edition = store.editions[KEY]
    record = store.save(edition, {"name": "张三"}, "建档人", "录入", override_why="试")
    code = code_of(KEY, "archive", record.number, record.revision, record.values)
    returned = (Return(code, Standing.CURRENT, "archive", 1),)
    store.add_drafts(
        back, [Draft(KEY, {"name": Reading("张三")}, origin=Origin("", back, (1,)), returns=returned)]
    )
    [number] = store.add_drafts(dropped, [a_form(dropped)])
    store.drop(number, "甲", "重复")

    page = client.get("/take").text
    rows = rows_of(page)
    assert "已收，有的页没读出" in rows["stack.tif"]
    assert re.search(r'第 1、3 页：\s*<a href="/review/1">草稿 1</a>，甲，1 处待核对', rows["stack.tif"])
    assert "空白页已略去：第 2 页" in rows["stack.tif"]
    assert "第 5 页：图片太暗（纸面亮度约 30%" in rows["stack.tif"]
    assert "没有读出" in rows["dark.jpg"] and "文件 dark.jpg 有密码保护" in rows["dark.jpg"]
    assert ">空白<" in rows["empty.pdf"]
    assert f'已归入<a href="/records/{record.number}">' in rows["back.jpg"]
    assert edition.document("archive").title in rows["back.jpg"]
    assert "草稿 3 已丢弃" in rows["dropped.jpg"]
    assert "等待" in rows["case.jpg"]
    aside = page[page.index("需要重新扫描") :]
    assert [name in aside for name in ("stack.tif", "dark.jpg", "empty.pdf")] == [True, True, False]


def test_papers_of_medical_cases_are_no_forms(site: Site, enter: Enter, tmp_path: Path) -> None:
    paper = tmp_path / "发票.jpg"
    paper.write_bytes(b"invoice")
    site.store.medical.keep(paper)
    assert "发票" not in enter().get("/take").text


def test_a_file_that_was_set_aside_is_read_again_or_dismissed_with_a_reason(site: Site, enter: Enter) -> None:
    client = enter()
    sent(client, "dark.jpg")
    sha256 = sum_of(site, "dark.jpg")
    site.store.set_aside(sha256, POOR)
    assert "正在重读" in client.post(f"/take/again/{sha256}").text
    assert [one.sha256 for one in site.store.unread()] == [sha256]
    assert site.reader.changes.since(site.reader.changes.mark) == []
    site.store.set_aside(sha256, POOR)
    assert client.post(f"/take/dismiss/{sha256}", data={"why": " "}).status_code == 409
    assert client.post(f"/take/dismiss/{sha256}", data={}).status_code == 422
    assert "dark.jpg" not in client.post(f"/take/dismiss/{sha256}", data={"why": "已重新扫描"}).text
    assert "已了结" in rows_of(client.get("/take").text)["dark.jpg"]
    assert site.store.audit.lines()[0].what == "dismissed"
    assert site.store.audit.lines()[0].detail == "已重新扫描"


def test_a_file_of_which_drafts_stand_is_not_read_again(site: Site, enter: Enter) -> None:
    client = enter()
    sent(client, "stack.tif")
    sha256 = sum_of(site, "stack.tif")
    site.store.add_drafts(sha256, [a_form(sha256), a_page(sha256, POOR, 2)])
    assert "再读一次" not in client.get("/take/aside").text
    assert client.post(f"/take/again/{sha256}").status_code == 409
    assert len(site.store.drafts()) == 1 and site.store.unread() == []


def test_the_original_is_handed_out_to_be_saved_and_that_is_noted(site: Site, enter: Enter) -> None:
    client = enter()
    sent(client, "页.html", b"<script>alert(1)</script>")
    sha256 = sum_of(site, "页.html")
    answer = client.get(f"/take/original/{sha256}")
    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert site.store.audit.lines()[0].what == "looked"


def test_the_code_leads_a_phone_to_the_address_in_the_office_network(site: Site, enter: Enter) -> None:
    client = enter()
    site.hosts = frozenset((HOST, "localhost", "127.0.0.1"))
    assert f"http://{HOST}/take" in client.get("/take").text
    assert client.get("/take/code.svg").headers["content-type"] == "image/svg+xml"
    site.hosts = frozenset((HOST, "localhost", "192.168.1.5"))
    assert "http://192.168.1.5:8610/take" in client.get("/take", headers={"Host": "localhost:8610"}).text


def test_a_desk_for_this_computer_alone_shows_no_code(site: Site, enter: Enter) -> None:
    client = enter()
    site.hosts = frozenset(("localhost", "127.0.0.1"))
    local = {"Host": "127.0.0.1:8610"}
    assert "code.svg" not in client.get("/take", headers=local).text
    assert client.get("/take/code.svg", headers=local).status_code == 404


# --- telling, as it happens


@pytest.fixture(autouse=True)
def news(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was told in one go, each time; a stream tells often."""
    told: list[str] = []
    tell = take._news

    def noted(visit: Visit, mark: str) -> tuple[str, str]:
        answer = tell(visit, mark)
        told.append(answer[0])
        return answer

    monkeypatch.setattr(take, "_TOGETHER", 0.02)
    monkeypatch.setattr(take, "_ALIVE", 0.1)
    monkeypatch.setattr(take, "_news", noted)
    return told


def heard(
    site: Site, client: TestClient, since: str, *acts: Callable[[], object], news: list[str]
) -> list[tuple[str, str]]:
    """The events that a client hears while things are done one by one; then the desk stops."""

    def act() -> None:
        until(lambda: bool(site.reader.changes._ears))
        for do in acts:
            do()
            so_far = len(news)
            until(lambda so_far=so_far: len(news) >= so_far + 2 or not site.reader.changes._ears)  # type: ignore[misc]
        site.reader.changes.end()

    acting = threading.Thread(target=act)
    acting.start()
    answer = client.get("/take/events", params={"since": since})
    acting.join()
    site.reader.changes.begin()
    assert answer.headers["content-type"].startswith("text/event-stream")
    told = re.findall(r"event: (\w+)\ndata: (.*)\n", answer.text)
    return [(name, json.loads(data)) for name, data in told]


def test_what_becomes_of_a_file_is_told_as_it_happens_and_to_its_unit_alone(
    site: Site, enter: Enter, news: list[str]
) -> None:
    mine, theirs = enter(unit="一厂"), enter(unit="二厂")
    sent(mine, "mine.jpg")
    sha256, mark, reader = sum_of(site, "mine.jpg"), site.reader.changes.mark, site.reader

    def begin() -> None:
        reader.under_way[sha256] = Progress(2, 5)
        reader._began, reader._pages, reader._files = time.monotonic() - 70, 2, 1
        reader.changes.tell(sha256)

    def end() -> None:
        del reader.under_way[sha256]
        site.store.add_drafts(sha256, [a_form(sha256)])
        reader.changes.tell(sha256)

    told = heard(site, mine, mark, begin, end, news=news)
    rows = [data for name, data in told if name == "file"]
    assert "正在读，第 3 页，共 5 页" in rows[0]
    assert 'href="/review/1"' in rows[-1]
    assert [name for name, _ in told if name != "tally"] == ["file", "file", "aside"]
    tallies = [data for name, data in told if name == "tally"]
    assert "还有 1 个文件等着读。" in tallies[0] and "没有文件等着读" in tallies[-1]
    assert any("等着读，大约还要 2 分钟" in tally for tally in tallies)
    other = heard(site, theirs, mark, lambda: reader.changes.tell(sha256), news=news)
    assert {name for name, _ in other} == {"tally"}


def test_who_looked_away_too_long_is_told_to_look_at_everything(
    site: Site, enter: Enter, news: list[str]
) -> None:
    client = enter()
    ours = site.reader.changes.mark.partition("-")[0]
    for since in ("another-3", "nonsense", f"{ours}-{'9' * 5000}"):
        assert heard(site, client, since, news=news)[0][0] == "anew"


def test_what_another_program_does_with_a_file_is_told_too(site: Site, enter: Enter, news: list[str]) -> None:
    client = enter()
    sent(client, "mine.jpg")
    sha256 = sum_of(site, "mine.jpg")
    site.store.add_drafts(sha256, [a_form(sha256)])

    def drop() -> None:
        until(lambda: len(news) > 1)
        site.store.drop(1, "王经办", "扫错了")

    told = heard(site, client, site.reader.changes.mark, drop, news=news)
    assert [name for name, _ in told if name != "tally"] == ["anew"]


def test_a_stream_ends_with_its_session_and_does_not_prolong_it(
    site: Site, enter: Enter, news: list[str]
) -> None:
    client = enter()
    token = client.cookies["dangan"]
    later = replace(site.store.accounts, clock=lambda: datetime.now(UTC) + timedelta(minutes=5))
    for _ in range(2):
        only_looked = later.session(token, touch=False)
        assert only_looked is not None and only_looked.seen < datetime.now(UTC)

    def sign_out() -> None:
        site.store.accounts.sign_out(token)

    assert heard(site, client, site.reader.changes.mark, sign_out, news=news)[-1][0] == "over"


def test_a_mark_tells_what_changed_since_each_once() -> None:
    changes = Changes()
    mark = changes.mark
    changes.tell("a", "b")
    changes.tell("a")
    assert changes.since(mark) == ["a", "b"]
    assert changes.since(changes.mark) == []
    assert Changes().since(mark) is None
    changes.tell(*(f"{number}" for number in range(6000)))
    assert changes.since(mark) is None


def test_the_time_left_follows_from_the_pages_that_were_read(site: Site) -> None:
    reader = Reader(site.place, site.store)
    assert reader.seconds_left() is None
    reader.under_way |= {"a": Progress(4, 10), "b": Progress()}
    reader._began, reader._pages, reader._files = time.monotonic() - 20, 10, 5
    assert reader.seconds_left() == 16  # six pages and a file of two, two seconds each


# --- reading


@pytest.fixture
def reading(tmp_path: Path) -> Iterator[Site]:
    """A site that reads with an engine on whose pictures its process dies."""
    settings = Settings(tmp_path / "home", "王经办", engine="tests.clerk:Deadly")
    with open_site(Workplace(settings), frozenset({HOST})) as found:
        yield found


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_what_waits_is_read_and_bombs_and_crashes_take_only_their_own_page(
    reading: Site, tmp_path: Path
) -> None:
    store, reader = reading.store, reading.reader
    makers: dict[str, Callable[[Path], object]] = {
        "form.docx": lambda file: shutil.copyfile(SAMPLES / "form.docx", file),
        "bomb.docx": zip_bomb,
        "bomb.png": picture_bomb,
        "crash.jpg": lambda file: shutil.copyfile(sorted(SAMPLES.glob("*.jpg"))[0], file),
        "wrong.pdf": lambda file: file.write_bytes(b"only words"),
        "empty.jpg": lambda file: file.touch(),
    }
    for name, make in makers.items():
        make(tmp_path / name)
        store.keep(tmp_path / name)
    with reader.at_work():
        until(lambda: not store.unread() and not reader.under_way)
        shutil.copyfile(SAMPLES / "form.docx", tmp_path / "later.docx")
        with (tmp_path / "later.docx").open("ab") as file:
            file.write(bytes(3))
        store.keep(tmp_path / "later.docx")
        began = time.monotonic()
        reader.wake()
        until(lambda: not store.unread())
        assert time.monotonic() - began < 5  # by processes that were there already
    assert {row.file for row in store.drafts()} == {"form.docx", "later.docx"}
    assert {one.file: one.reason.code for one in store.aside()} == {
        "bomb.docx": "archive_bomb",
        "bomb.png": "too_many_pixels",
        "crash.jpg": "reader_crashed",
        "wrong.pdf": "unknown_kind",
        "empty.jpg": "empty_file",
    }


def test_an_engine_that_is_missing_sets_nothing_aside_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(tmp_path / "home", "王经办", engine="nowhere")
    with open_site(Workplace(settings), frozenset({HOST})) as site:
        shutil.copyfile(sorted(SAMPLES.glob("*.jpg"))[0], tmp_path / "a.jpg")
        site.store.keep(tmp_path / "a.jpg")
        with site.reader.at_work():
            until(lambda: site.reader.trouble is not None)
            assert site.reader.trouble is not None and site.reader.trouble.code == "engine_missing"
        assert len(site.store.unread()) == 1
        assert site.store.aside() == []


def test_a_reader_with_nothing_to_do_lets_its_processes_go(site: Site, tmp_path: Path) -> None:
    reader = Reader(site.place, site.store, idle=0.3)
    shutil.copyfile(SAMPLES / "form.docx", tmp_path / "form.docx")
    site.store.keep(tmp_path / "form.docx")
    of_others = set(multiprocessing.active_children())
    with reader.at_work():
        until(lambda: not set(multiprocessing.active_children()) <= of_others)
        until(lambda: not site.store.unread())
        until(lambda: set(multiprocessing.active_children()) <= of_others, 5)
    assert len(site.store.drafts()) == 1


# --- pictures that are the pages of one form


def pages_sent(client: TestClient, *pictures: tuple[str, bytes]) -> Any:
    asked = [("name", name) for name, _ in pictures] + [("size", str(len(one))) for _, one in pictures]
    return client.post("/take/pages", params=asked, content=b"".join(one for _, one in pictures))


def photograph(colour: str, kind: str = "JPEG", **how: object) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(kept, kind, **how)
    return kept.getvalue()


def test_photographs_of_one_form_are_one_document_in_their_order(enter: Enter, site: Site) -> None:
    client = enter(name="wang")
    turned = Image.Exif()
    turned[0x0112] = 6
    first, second = photograph("white", exif=turned), photograph("red", "PNG")
    sent(client, "二.png", second)
    alone = sum_of(site, "二.png")
    site.store.add_drafts(alone, [a_page(alone, POOR, 1)])
    answer = pages_sent(client, ("一.jpg", first), (NUMBERED.replace("jpg", "png"), second))
    assert answer.status_code == 200, answer.text
    assert "一 等 2 页.pdf" in answer.text
    [kept] = [one for one in site.store.unread() if one.file.endswith(".pdf")]
    with pikepdf.open(kept.path) as pdf:
        [one], [other] = (list(images(page)) for page in pdf.pages)
        assert one.read_raw_bytes() == first
        assert pdf.pages[0].get("/Rotate") == 90
        assert (other["/Width"], other["/Height"]) == (300, 200)
        assert [found.get_file().read_bytes() for found in pdf.attachments.values()] == [second]
    assert hashlib.sha256(kept.path.read_bytes()).hexdigest() == kept.sha256
    [line] = site.store.audit.lines(f"scan:{kept.sha256[:12]}")
    assert f"各页依次为 一.jpg {hashlib.sha256(first).hexdigest()[:12]}" in line.detail
    assert site.store.fates(sums=[alone])[0].aside == ()
    assert "以前收过" in pages_sent(client, ("一.jpg", first), ("二.png", second)).text
    assert len(site.store.scans()) == 2
    other_way = pages_sent(client, ("二.png", second), ("一.jpg", first))
    assert "以前收过" not in other_way.text
    assert len(site.store.scans()) == 3
    assert list((site.store.home / "uploads").iterdir()) == []


@pytest.mark.parametrize(
    ("pictures", "sizes", "status"),
    [
        ([b"ink"], [3], 422),
        ([b"a", b"b"], [1, 2], 422),
        ([b"a", b"b"], [1], 422),
        ([b"a", b"b"], [2, 0], 422),
        ([b"a"] * 13, [1] * 13, 422),
        ([b"%PDF-1.4 one", b"%PDF-1.4 two"], [12, 12], 422),
        ([photograph("white"), b"no picture"], [len(photograph("white")), 10], 422),
    ],
)
def test_what_is_no_stack_of_pictures_is_refused_whole(
    enter: Enter, site: Site, pictures: list[bytes], sizes: list[int], status: int
) -> None:
    asked = [("name", f"{place}.jpg") for place in range(len(pictures))] + [
        ("size", str(one)) for one in sizes
    ]
    answer = enter().post("/take/pages", params=asked, content=b"".join(pictures))
    assert answer.status_code == status
    assert site.store.scans() == []
    assert list((site.store.home / "uploads").glob("*")) == []


def test_a_picture_of_too_many_pixels_takes_no_stack_along(enter: Enter, site: Site, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.png"
    picture_bomb(bomb)
    answer = pages_sent(enter(), ("一.jpg", photograph("white")), ("二.png", bomb.read_bytes()))
    assert answer.status_code in (413, 422)
    assert site.store.scans() == []
