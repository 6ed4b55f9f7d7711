from __future__ import annotations

import ast
import json
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

import desk
from desk import phrases, words
from desk.cli import run
from desk.web.site import Site
from records.accounts import Role
from tests.desk.web.conftest import Enter


def test_the_log_is_for_administrators(enter: Enter) -> None:
    for role in (Role.CLERK, Role.REVIEWER, Role.READER):
        client = enter(role)
        for path in ("/audit", "/audit.xlsx"):
            assert client.get(path).status_code == 403
        assert client.post("/audit/verify").status_code == 403


def test_the_page_shows_who_did_what_by_person_subject_and_day(enter: Enter, site: Site) -> None:
    boss = enter(Role.ADMINISTRATOR)
    site.store.audit.note("钱经办", "unmasked", "record:7", "身份证号")
    site.store.audit.note("钱经办", "joined", "record:7", "draft:3")
    page = boss.get("/audit").text
    assert "档案 7" in page and "待核对 3" in page
    assert "查看遮盖内容" in page
    assert "身份证号" in boss.get("/audit?who=钱经办&what=unmasked&subject=record:7").text
    assert "身份证号" not in boss.get("/audit?who=administrator0先生").text
    assert "没有这样的行" in boss.get("/audit?day=2020-01-01").text
    assert boss.get("/audit?day=yesterday").status_code == 422
    assert site.store.audit.lines()[1].what == "audit_looked"


def test_the_log_is_leafed_through(enter: Enter, site: Site) -> None:
    boss = enter(Role.ADMINISTRATOR)
    site.store.audit.note_each("钱", "looked", [f"record:{number}" for number in range(150)])
    first = boss.get("/audit?who=钱").text
    assert "档案 149<" in first
    assert "档案 49<" not in first
    older = first.partition('button second" href="/audit?who')[2].partition('"')[0].replace("&amp;", "&")
    second = boss.get(f"/audit?who{older}").text
    assert "档案 49<" in second
    assert "更早的" not in second


def test_the_workbook_holds_no_formula(enter: Enter, site: Site) -> None:
    boss = enter(Role.ADMINISTRATOR)
    site.store.audit.note("=1+1", "looked", "record:1", '=HYPERLINK("http://x")\x0b')
    answer = boss.get("/audit.xlsx")
    assert answer.headers["content-disposition"] == 'attachment; filename="audit.xlsx"'
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert '=HYPERLINK("http://x")' in [cell.value for cell in cells]


def test_what_is_wrong_is_said_on_the_page(enter: Enter, site: Site) -> None:
    boss = enter(Role.ADMINISTRATOR)
    assert "日志完整" in boss.post("/audit/verify").text
    (site.store.home / "audit-witness.txt").unlink()
    assert "audit-witness.txt 不见了" in boss.post("/audit/verify").text


def test_the_command_shows_and_verifies(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DANGAN_HOME", str(site.store.home))
    monkeypatch.setenv("COLUMNS", "200")
    site.store.audit.note("钱经办", "unmasked", "record:7", "身份证号")
    site.store.audit.note("孙审核", "looked", "record:8")
    assert run(["audit", "--who", "钱经办"]) == 0
    told = capsys.readouterr().out
    assert ("档案 7" in told, "档案 8" in told) == (True, False)
    assert run(["audit", "--verify"]) == 0
    mark = site.store.audit.mark()
    assert mark
    assert mark.text in capsys.readouterr().out
    assert run(["audit", "--noted", f"2:{mark.text}"]) == 0
    assert run(["audit", "--noted", f"1:{mark.text}"]) == 1
    assert "第 1 行" in capsys.readouterr().out
    assert run(["audit", "--noted", "x"]) == 2
    assert run(["audit", "--day", "x"]) == 2


def test_doctor_looks_at_the_log_as_well(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DANGAN_HOME", str(site.store.home))
    site.store.audit.note("钱经办", "looked", "record:7")

    def told() -> dict[str, str]:
        run(["doctor", "--json"])
        lines = map(json.loads, capsys.readouterr().out.splitlines())
        return next(line for line in lines if line["what"] == phrases.DOCTOR_AUDIT)

    mark = site.store.audit.mark()
    assert mark
    assert (told()["result"], mark.text in told()["about"]) == (phrases.FINE, True)
    (site.store.home / "audit-witness.txt").write_text(f"1 {'0' * 16}\n")
    assert "改写" in told()["how"]


def test_every_deed_that_the_log_keeps_has_a_name() -> None:
    noted = {
        node.args[place].value
        for file in Path(desk.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        for place in _where(node)
        if isinstance(node.args[place], ast.Constant)
    }
    assert "unmasked" in noted
    assert noted - words.DEEDS.keys() == set()


def _where(call: ast.Call) -> list[int]:
    """Which argument of `visit.note` and `audit.note` says what was done."""
    assert isinstance(call.func, ast.Attribute)
    if call.func.attr not in ("note", "note_each"):
        return []
    owner = call.func.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    place = {"visit": 0, "audit": 1}.get(name, 0)
    return [place] if len(call.args) > place else []


def test_a_subject_is_asked_for_as_people_call_it(enter: Enter, site: Site) -> None:
    administrator = enter(Role.ADMINISTRATOR)
    for number in (1, 12):
        site.store.audit.note("甲", "looked", f"record:{number}", f"第{number}号")
    page = administrator.get("/audit", params={"subject": "档案12"}).text
    assert "第12号" in page
    assert "第1号" not in page
    assert 'value="档案 12"' in page
    for sort in words.SUBJECTS:
        assert words.subject_of(words.subject(f"{sort}:7")) == f"{sort}:7"
    assert words.subject_of(" 别的 ") == "别的"
