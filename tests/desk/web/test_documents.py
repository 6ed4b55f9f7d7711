"""Documents in the browser: what is offered, who gets what, what stands in it, and what stays of it."""

from __future__ import annotations

import errno
import html
import io
import re
import stat
import threading
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx import Document
from starlette.testclient import TestClient

from desk.web import press
from desk.web.routes import documents
from desk.web.site import Site
from records.account_store import Accounts
from records.accounts import Role, SignedIn
from records.values import Value
from tests.desk.web.conftest import Enter

HOME = "shaoxing-2010"
NEW = "henan-2016"
PUBLIC = {"document": f"{NEW}/public-list", "given.start": "2016-09-29", "given.days": "7"}


def add(site: Site, name: str, unit: str = "", edition: str = NEW, **more: Value) -> int:
    """A record of an invented person; gives its number."""
    values: dict[str, Value] = {"name": name, **more}
    return site.store.save(
        site.editions[edition], values, "乙", "import", override_why="样表", force=True, unit=unit
    ).number


def ask(client: TestClient, numbers: Sequence[int] = (), **fields: Any) -> str:
    """Have documents made; gives the address of the job."""
    answer = client.post("/documents", data={"as": "word", "number": [*map(str, numbers)], **fields})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def made(client: TestClient, job: str) -> str:
    """The page of a job that is over."""
    for _ in range(400):
        page = client.get(job).text
        if "sse-connect" not in page:
            return page
        time.sleep(0.05)
    raise AssertionError(page)


def eventually(holds: Callable[[], bool]) -> None:
    """It comes true in the end."""
    until = time.monotonic() + 20
    while not holds() and time.monotonic() < until:
        time.sleep(0.02)
    assert holds()


def word(client: TestClient, job: str, index: int = 0) -> str:
    """All text of a Word file."""
    document = Document(io.BytesIO(client.get(f"{job}/files/{index}").content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_every_document_of_every_edition_is_offered(site: Site, enter: Enter) -> None:
    page = enter().get("/documents").text
    for edition in site.editions:
        for use in edition.documents:
            assert f'value="{edition.key}/{use.name}"' in page
            assert use.title in page


def test_what_a_list_asks_is_a_field_of_its_form(site: Site, enter: Enter) -> None:
    page = enter().get("/documents/options", params={"document": f"{NEW}/publication-result"}).text
    for words in (
        'name="given.start" maxlength="200" required type=date>',
        "公示开始日期（必填）",
        'name="given.objections"',
    ):
        assert words in page
    assert 'name="with" value="id_number"' in page
    assert 'name="show" value="health"' in page and "身体残疾" in page
    assert 'name="xlsx"' in page and 'name="together"' not in page
    assert 'name="together"' in enter().get("/documents/options", params={"document": f"{NEW}/archive"}).text


def test_a_document_of_one_record_is_made_and_named_as_the_command_line_does(
    site: Site, enter: Enter
) -> None:
    number = add(site, "欧阳修文")
    client = enter()
    assert "欧阳修文" in client.get(f"/records/{number}/documents").text
    job = ask(client, [number], document=f"{NEW}/contact-cards")
    assert "0001-欧阳修文-困难职工解困脱困联系卡" in made(client, job)
    answer = client.get(f"{job}/files/0")
    assert answer.headers["content-disposition"].startswith("attachment; filename*=utf-8''0001-%E6%AC%A7")
    assert "wordprocessingml" in answer.headers["content-type"]
    assert "欧阳修文" in word(client, job)
    [line] = site.store.audit.lines(subject=f"record:{number}", newest=1)
    assert (line.what, line.who, line.detail) == ("made", "clerk0先生", "困难职工解困脱困联系卡")


def test_a_selection_comes_in_one_zip(site: Site, enter: Enter) -> None:
    numbers = [add(site, name) for name in ("王小明", "李建国", "赵敏")]
    client = enter()
    job = ask(client, numbers, document=f"{NEW}/archive")
    made(client, job)
    answer = client.get(f"{job}/all")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        names = [
            f"{number:04d}-{name}-困难职工档案表.docx"
            for number, name in zip(numbers, ("王小明", "李建国", "赵敏"), strict=True)
        ]
        assert package.namelist() == names


def test_records_are_found_and_ticked_ones_stay(site: Site, enter: Enter) -> None:
    first, second = add(site, "王小明", id_number="410204196202160012"), add(site, "李建国")
    page = enter().get("/documents/records", params={"q": "建国", "number": first}).text
    assert f'value="{first}" id="r{first}" checked' in page
    assert f'value="{second}" id="r{second}">' in page
    assert "查到的全部 1 份" in page and "全部 2 份" in page
    assert "410204196202160012" not in page and "410204********0012" in page


def test_all_that_were_found_and_all_there_are(site: Site, enter: Enter) -> None:
    for name in ("王小明", "王大明", "李建国"):
        add(site, name)
    add(site, "王老", edition=HOME)
    client = enter()
    found = ask(client, which="found", q="王", document=f"{NEW}/ledger")
    assert "另有 1 份档案" in made(client, found)
    assert all(name in word(client, found) for name in ("王小明", "王大明"))
    assert "李建国" not in word(client, found)
    every = ask(client, which="all", document=f"{NEW}/ledger")
    made(client, every)
    assert "李建国" in word(client, every)


def test_what_the_archive_s_list_found_is_chosen_by_the_same_words_and_terms(
    site: Site, enter: Enter
) -> None:
    add(site, "王小明")
    add(site, "李建国", edition=HOME)
    client = enter()
    edition = site.editions[HOME].title
    [term] = [one for one in site.store.index.terms(["edition"]) if one.text in (HOME, edition)]
    page = client.get("/documents", params={"q": "", "edition": term.text}).text
    assert "李建国" in page and "王小明" not in page and "查到的全部 1 份" in page
    fields = {"which": "found", "q": "ljg", "term.edition": term.text, "document": f"{HOME}/archive"}
    assert "0002-李建国" in made(client, ask(client, **fields))
    assert "李建国" in client.get("/documents", params={"record": 2}).text


def test_a_public_list_is_masked_and_shows_more_for_a_reason_that_is_kept(site: Site, enter: Enter) -> None:
    number = add(site, "欧阳修文", health="癌症")
    client = enter(name="甲")
    job = ask(client, [number], **PUBLIC)
    assert "2016-10-12" in made(client, job)  # the note about working days
    assert "欧**文" in word(client, job) and "欧阳修文" not in word(client, job)
    without = client.post("/documents", data={**PUBLIC, "number": number, "show": "health", "as": "word"})
    assert without.status_code == 409 and "理由" in without.text
    job = ask(client, [number], **PUBLIC, show=["name", "health"], reason="县总工会要求")
    made(client, job)
    assert "欧阳修文" in word(client, job) and "癌症" in word(client, job)
    *_, event = site.store.history(number)
    assert (event.path, event.after, event.why, event.who) == (
        "shown:public-list", ("name", "health"), "县总工会要求", "甲先生",
    )  # fmt: skip
    assert "县总工会要求" in site.store.audit.lines(subject=f"record:{number}", newest=1)[0].detail


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"document": f"{NEW}/public-list"}, "公示工作日数"),
        ({**PUBLIC, "given.start": "去年"}, "公示开始日期"),
        ({**PUBLIC, "with": "health"}, "可选"),
        ({"document": f"{NEW}/nothing"}, "nothing"),
        ({"document": "nowhere/archive"}, "nowhere"),
        ({"document": "../../etc/passwd"}, "文书"),
    ],
)
def test_a_wish_that_cannot_be_is_told_and_nothing_is_made(
    fields: dict[str, str], told: str, site: Site, enter: Enter
) -> None:
    number = add(site, "王小明")
    answer = enter().post("/documents", data={"number": number, "as": "word", **fields})
    assert 400 <= answer.status_code < 500
    assert told in answer.text
    assert list(site.press.folder.iterdir()) == []


@pytest.mark.parametrize("numbers", [[], ["x"], ["-1"], ["9" * 40], ["1;2"]])
def test_what_is_no_selection_is_refused(numbers: list[str], site: Site, enter: Enter) -> None:
    add(site, "王小明")
    answer = enter().post("/documents", data={"number": numbers, "document": f"{NEW}/archive", "as": "word"})
    assert 400 <= answer.status_code < 500
    assert enter().get("/documents", params={"numbers": "1,x"}).status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        f"/documents?record={10**30}",
        f"/documents?numbers={10**30}",
        f"/records/{10**30}/documents",
        f"/documents/records?number={10**30}",
        f"/documents?q={'x' * 5000}",
        "/documents/options?document=",
        "/documents?state=%00&nobody=knows",
    ],
)
def test_no_address_upsets_the_desk(path: str, site: Site, enter: Enter) -> None:
    add(site, "王小明")
    assert enter().get(path).status_code < 500


@pytest.mark.parametrize("fields", [{"q": "x" * 501}, {"given.unit": "x" * 300_000}])
def test_a_form_of_any_size_is_not_read(fields: dict[str, str], site: Site, enter: Enter) -> None:
    data = {"number": add(site, "王小明"), "document": f"{NEW}/ledger", "as": "word", **fields}
    assert enter().post("/documents", data=data).status_code in (413, 422)


def test_another_unit_s_records_are_not_there_nor_in_any_list(site: Site, enter: Enter) -> None:
    ours, theirs = add(site, "王小明", unit="甲厂"), add(site, "李建国", unit="乙厂")
    client = enter(unit="甲厂")
    assert "李建国" not in client.get("/documents").text
    assert "全部 1 份" in client.get("/documents").text
    assert client.get(f"/records/{theirs}/documents").status_code == 404
    assert client.get("/documents", params={"numbers": theirs}).status_code == 404
    assert client.get("/documents/records", params={"number": theirs}).status_code == 404
    picked = {"number": [ours, theirs], "document": f"{NEW}/ledger", "as": "word"}
    assert client.post("/documents", data=picked).status_code == 404
    for document in ("ledger", "report"):
        job = ask(client, which="all", document=f"{NEW}/{document}")
        made(client, job)
        assert "李建国" not in word(client, job)
    assert "1户" in word(client, job).replace(" ", "")
    nothing = {"which": "found", "q": "李建国", "document": f"{NEW}/ledger", "as": "word"}
    assert client.post("/documents", data=nothing).status_code == 409


def test_what_somebody_made_nobody_else_gets(site: Site, enter: Enter) -> None:
    number = add(site, "王小明")
    client, other = enter(), enter()
    job = ask(client, [number], document=f"{NEW}/archive")
    made(client, job)
    for path in ("", "/events", "/stale", "/all", "/files/0", "/files/0/1-800.png"):
        assert other.get(f"{job}{path}").status_code == 404
    assert other.post(f"{job}/stop").status_code == 404
    assert other.get("/documents").text.count(job) == 0
    assert client.get(f"{job}/files/0").status_code == 200
    assert enter(Role.READER).get("/documents").status_code == 403


def test_only_files_of_the_job_are_served(site: Site, enter: Enter) -> None:
    client = enter()
    job = ask(client, [add(site, "王小明")], document=f"{NEW}/archive")
    made(client, job)
    for path in (
        "1",
        "-1",
        "99999",
        "../../dangan.sqlite",
        "%2e%2e%2fdangan.sqlite",
        "0/1-801.png",
        "0/1-800.png",
        f"0/{'9' * 400}-800.png",
    ):
        assert client.get(f"{job}/files/{path}").status_code in (404, 422)
    assert client.get("/documents/jobs/..%2f..%2fdangan.sqlite").status_code == 404


def test_tags_and_formulas_in_values_come_out_as_text(site: Site, enter: Enter) -> None:
    tags = "{{ 7*7 }}{% for x in y %}{{ cycler.__init__.__globals__ }}"
    texts = ("=1+1", "+1", "-1", "@SUM(1)", tags)
    numbers = [add(site, f"王{place}", employer=text) for place, text in enumerate(texts)]
    client = enter()
    job = ask(client, numbers, document=f"{NEW}/ledger", xlsx="1")
    made(client, job)
    assert all(text in word(client, job) for text in texts)
    [sheet] = openpyxl.load_workbook(io.BytesIO(client.get(f"{job}/files/1").content)).worksheets
    assert [(sheet[f"D{row}"].value, sheet[f"D{row}"].data_type) for row in range(2, 7)] == [
        (text, "s") for text in texts
    ]
    job = ask(client, [numbers[-1]], document=f"{NEW}/archive")
    made(client, job)
    assert "{{ 7*7 }}" in word(client, job) and "49" not in word(client, job).replace("1949", "")


def test_a_name_with_a_script_is_escaped_everywhere(site: Site, enter: Enter) -> None:
    number = add(site, "<script>alert(1)</script>")
    client = enter()
    job = ask(client, [number], document=f"{NEW}/archive")
    page = made(client, job)
    for one in (page, client.get("/documents").text, client.get(f"/records/{number}/documents").text):
        assert "<script>alert" not in one
    assert "\n" not in client.get(f"{job}/files/0").headers["content-disposition"]


def test_a_record_that_changed_meanwhile_is_said(site: Site, enter: Enter) -> None:
    number = add(site, "王小明")
    client = enter()
    job = ask(client, [number], document=f"{NEW}/archive")
    assert "又改过" not in made(client, job)
    values: dict[str, Value] = {"name": "王小明", "employer": "纺织厂"}
    site.store.save(site.editions[NEW], values, "乙", "更正", number=number, override_why="样表")
    assert "又改过" in client.get(f"{job}/stale").text
    assert "又改过" in client.get(job).text


def test_what_cannot_be_made_is_said_and_the_rest_is_there(site: Site, enter: Enter) -> None:
    good, bad = add(site, "王小明"), add(site, "李\ue000国")
    client = enter()
    job = ask(client, [good, bad], document=f"{NEW}/archive")
    page = made(client, job)
    assert f"档案 {bad}" in page and "0001-王小明" in page


def test_without_libreoffice_word_is_made_all_the_same(site: Site, enter: Enter) -> None:
    number = add(site, "王小明")
    vars(site.place)["soffice"] = None
    client = enter()
    assert "没有 LibreOffice" in client.get(f"/records/{number}/documents").text
    job = ask(client, [number], **{"document": f"{NEW}/archive", "as": "pdf"})
    page = made(client, job)
    assert "没有找到 LibreOffice" in page and "下载 Word" in page and "下载 PDF" not in page


def test_the_archive_s_list_leads_to_documents_of_what_it_found(site: Site, enter: Enter) -> None:
    add(site, "王小明")
    add(site, "李建国")
    client = enter()
    way = re.search(r'href="(/documents\?[^"]+)"', client.get("/records", params={"q": "wxm"}).text)
    assert way
    page = client.get(html.unescape(way[1])).text
    assert "王小明" in page and "李建国" not in page and "查到的全部 1 份" in page


def test_a_package_that_broke_off_is_not_handed_out_as_whole(
    site: Site, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [add(site, f"王{place}") for place in range(2)]
    client, write = enter(), zipfile.ZipFile.write
    job = ask(client, numbers, document=f"{NEW}/archive")
    client.get(f"{job}/events")
    with monkeypatch.context() as full:

        def once(package: zipfile.ZipFile, file: Path, name: str) -> None:
            if package.namelist():
                raise OSError(errno.ENOSPC, "full")
            write(package, file, name)

        full.setattr(zipfile.ZipFile, "write", once)
        assert client.get(f"{job}/all").status_code == 507
    whole = zipfile.ZipFile(io.BytesIO(client.get(f"{job}/all").content))
    assert len(whole.namelist()) == 2


def test_progress_is_told_as_it_goes(site: Site, enter: Enter) -> None:
    numbers = [add(site, f"王{place}") for place in range(3)]
    client = enter()
    job = ask(client, numbers, document=f"{NEW}/archive")
    told = client.get(f"{job}/events").text
    assert told.rstrip().endswith("event: over\ndata:") and "event: progress" in told


def test_a_stream_asks_the_store_in_a_thread_so_that_nobody_waits(
    site: Site, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, session = list[bool](), Accounts.session

    def noted(accounts: Accounts, token: str, touch: bool = True) -> SignedIn | None:
        if not touch:
            asked.append(threading.current_thread().name.startswith("AnyIO"))
        return session(accounts, token, touch)

    monkeypatch.setattr(Accounts, "session", noted)
    monkeypatch.setattr(documents, "_BEAT", 0.001)
    monkeypatch.setattr(documents, "_LOOKS", 1)
    client = enter()
    job = ask(client, [add(site, f"王{place}") for place in range(3)], document=f"{NEW}/archive")
    client.get(f"{job}/events")
    assert asked and all(asked)


def test_documents_lie_in_a_private_folder_and_go_in_time(
    site: Site, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = add(site, "王小明")
    client = enter()
    job = ask(client, [number], document=f"{NEW}/archive")
    made(client, job)
    folders = [folder for folder in site.press.folder.rglob("*") if folder.is_dir()]
    assert folders and all(stat.S_IMODE(one.stat().st_mode) == 0o700 for one in (site.press.folder, *folders))
    site.press.sweep()
    assert client.get(job).status_code == 200
    monkeypatch.setattr(press, "KEPT", 0.0)
    site.press.sweep()
    assert client.get(job).status_code == 404
    assert list(site.press.folder.iterdir()) == []


def test_signing_out_clears_what_was_made(site: Site, enter: Enter) -> None:
    client = enter()
    job = ask(client, [add(site, "王小明")], document=f"{NEW}/archive")
    made(client, job)
    client.post("/sign-out")
    assert list(site.press.folder.iterdir()) == []


def test_a_job_can_be_cancelled_while_it_runs(
    site: Site, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [add(site, f"王{place}") for place in range(8)]
    find = site.store.records

    def slowly(wanted: Sequence[int]) -> Any:
        for record in find(wanted):
            time.sleep(0.3)
            yield record

    client = enter()
    monkeypatch.setattr(site.store, "records", slowly)
    job = ask(client, numbers, document=f"{NEW}/archive")
    assert client.post(f"{job}/stop").status_code == 303
    assert client.get(job).status_code == 404
    eventually(lambda: not list(site.press.folder.iterdir()))


def test_nobody_fills_the_queue(site: Site, enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "WAITING_EACH", 0)
    data = {"number": add(site, "王小明"), "document": f"{NEW}/archive", "as": "word"}
    assert enter().post("/documents", data=data).status_code == 409


def hanging(site: Site, folder: Path) -> Path:
    """LibreOffice does not come to an end; gives the file in which it says that it runs."""
    program, begun = folder / "soffice", folder / "begun"
    program.write_text(f"#!/bin/sh\necho $$ > {begun}.part; mv {begun}.part {begun}; exec sleep 300\n")
    program.chmod(0o755)
    vars(site.place)["soffice"] = program
    return begun


def is_running(process: int) -> bool:
    state = Path(f"/proc/{process}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("how", ["cancelled", "desk stopped"])
def test_libreoffice_ends_with_whoever_wanted_it(how: str, tmp_path: Path, site: Site, enter: Enter) -> None:
    begun = hanging(site, tmp_path)
    client = enter()
    job = ask(client, [add(site, "王小明")], **{"document": f"{NEW}/archive", "as": "pdf"})
    eventually(begun.exists)
    process = int(begun.read_text())
    assert is_running(process)
    if how == "cancelled":
        assert client.post(f"{job}/stop").status_code == 303
        eventually(lambda: not list(site.press.folder.iterdir()))
    else:
        site.press.close()
        assert not site.press.folder.exists()
    eventually(lambda: not is_running(process))


def test_what_a_desk_left_that_was_killed_is_swept_away_by_the_next(site: Site) -> None:
    left = site.press.folder / "left"
    left.mkdir()
    (left / "0001-王小明.docx").write_text("x")
    with press.open_press(site.place):
        assert not left.exists()
    assert not site.press.folder.exists()
