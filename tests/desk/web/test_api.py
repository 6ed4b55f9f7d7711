"""The desk for programs: what the description promises, and that a token opens no more than its owner may."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import BaseSchema, GenerationMode
from starlette.testclient import TestClient

from desk.web.app import create_app
from desk.web.routes import api
from desk.web.site import Site
from records.accounts import Role
from tests.desk.web.conftest import PASSWORD
from tests.desk.web.drafts import put
from tests.desk.web.filed import ID_NUMBER, case_of, filed

PREFIX = "/api/v1"
ROOT = Path(__file__).resolve().parents[3]
SHEET = ROOT / "scans" / "samples" / "16-henan-2016-song-phone.pdf"


def program(site: Site, role: Role = Role.ADMINISTRATOR, unit: str = "") -> TestClient:
    """A program with a token of an account of its own."""
    account = site.store.accounts.add(f"owner-{role}-{unit}", f"程序主人{role}{unit}", role, PASSWORD, unit)
    secret, _ = site.store.accounts.add_token(account.number, "测试", 1)
    return TestClient(
        create_app(site), headers={"Authorization": f"Bearer {secret}"}, raise_server_exceptions=False
    )


@pytest.fixture
def record(site: Site) -> int:
    """A record of the first edition, of one unit."""
    edition = next(iter(site.editions))
    values = {"name": "王小明", "id_number": "330602196803120013"}
    known = {path: value for path, value in values.items() if edition.has(path)}
    saved = site.store.save(edition, known, "建档人", "录入", override_why="测试", unit="甲")
    return saved.number


def test_without_a_token_nothing_is_told(site: Site, record: int) -> None:
    nobody = TestClient(create_app(site))
    for path in ("/openapi.json", "/records", f"/records/{record}", "/cases"):
        answer = nobody.get(PREFIX + path)
        assert (answer.status_code, answer.json()["error"]) == (401, "not_signed_in")
    wrong = nobody.get(f"{PREFIX}/records", headers={"Authorization": "Bearer x"})
    assert wrong.status_code == 401


def test_a_record_is_masked_until_asked_for_whole(site: Site, record: int) -> None:
    asking = program(site)
    told = asking.get(f"{PREFIX}/records/{record}").json()
    assert told["fields"]["name"] == "王小明"
    assert told["fields"]["id_number"] == "330602********0013"
    whole = asking.get(f"{PREFIX}/records/{record}", params={"full": True}).json()
    assert whole["fields"]["id_number"] == "330602196803120013"
    assert "unmasked" in {line.what for line in site.store.audit.lines(f"record:{record}")}


def test_a_reader_gets_nothing_whole(site: Site, record: int) -> None:
    reading = program(site, Role.READER)
    assert reading.get(f"{PREFIX}/records/{record}", params={"full": True}).status_code == 403
    assert "330602196803120013" not in reading.get(f"{PREFIX}/records/{record}/history").text


def test_another_units_record_is_not_there(site: Site, record: int) -> None:
    other = program(site, Role.CLERK, unit="乙")
    assert other.get(f"{PREFIX}/records/{record}").status_code == 404
    assert other.get(f"{PREFIX}/records").json()["records"] == []
    mine = program(site, Role.CLERK, unit="甲")
    assert [one["number"] for one in mine.get(f"{PREFIX}/records").json()["records"]] == [record]


def test_a_file_comes_in_once(site: Site) -> None:
    asking = program(site)
    first = asking.post(f"{PREFIX}/files", params={"name": "../../a.pdf"}, content=SHEET.read_bytes()).json()
    assert (first["file"], first["again"]) == ("a.pdf", False)
    again = asking.post(f"{PREFIX}/files", params={"name": "b.pdf"}, content=SHEET.read_bytes()).json()
    assert (again["sha256"], again["again"]) == (first["sha256"], True)
    assert asking.get(f"{PREFIX}/files/{first['sha256']}").json()["file"] == "a.pdf"


def test_drafts_come_in_pages(site: Site, tmp_path: Path) -> None:
    numbers = [put(site.store, tmp_path) for _ in range(3)]
    told = program(site).get(f"{PREFIX}/drafts", params={"start": 1, "size": 1}).json()
    assert ([one["number"] for one in told["drafts"]], told["count"]) == ([numbers[1]], 3)
    assert program(site, Role.CLERK, unit="乙").get(f"{PREFIX}/drafts").json() == {"drafts": [], "count": 0}


def test_a_document_is_made_as_word(site: Site, record: int) -> None:
    use = next(use for use in next(iter(site.editions)).documents if use.of == "record")
    answer = program(site).post(f"{PREFIX}/records/{record}/documents/{use.name}")
    assert answer.status_code == 200
    assert answer.content.startswith(b"PK")
    assert list(site.press.folder.iterdir()) == []


def test_what_breaks_a_document_off_leaves_nothing_of_it(
    site: Site, record: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    places: list[Path] = []

    def broken(place: object, order: object, records: object, folder: Path, tell: object) -> None:
        (folder / "begun.docx").write_text("王小明")
        places.append(folder)
        raise OSError

    monkeypatch.setattr(api, "fill_order", broken)
    use = next(use for use in next(iter(site.editions)).documents if use.of == "record")
    assert program(site).post(f"{PREFIX}/records/{record}/documents/{use.name}").status_code == 500
    assert [folder.parent for folder in places] == [site.press.folder]
    assert not places[0].exists()


def test_values_keep_their_kind_in_a_history_and_nothing_quotes_a_hidden_number(site: Site) -> None:
    old = "330602650412001"
    values = {"name": "王小明", "id_number": old, "monthly_income": Decimal(1200)}
    edition = site.editions["henan-2016"]
    saved = site.store.save(
        edition, values, "王经办", f"照 {ID_NUMBER} 的人说的改", override_why="样例", force=True
    )
    asking = program(site)
    lines = asking.get(f"{PREFIX}/records/{saved.number}/history")
    incomes = [(one["before"], one["after"]) for one in lines.json() if one["path"] == "monthly_income"]
    assert incomes == [(None, 1200)]
    told = asking.get(f"{PREFIX}/records/{saved.number}")
    assert any(one["message"] for one in told.json()["findings"])
    for answer in (lines, told):
        assert ID_NUMBER not in answer.text and old not in answer.text
        assert not re.search(r"33060219650412001[\dX]", answer.text)
    whole = asking.get(f"{PREFIX}/records/{saved.number}", params={"full": True}).text
    assert re.search(r"33060219650412001[\dX]", whole)


def test_another_units_case_is_not_there(site: Site) -> None:
    case = case_of(site, filed(site, "shaoxing-2010", {"name": "王小明"}, "甲"))
    other, mine = program(site, Role.CLERK, unit="乙"), program(site, Role.CLERK, unit="甲")
    answer = other.get(f"{PREFIX}/cases/{case.number}")
    assert (answer.status_code, answer.json()["error"]) == (404, "no_such_case")
    assert other.get(f"{PREFIX}/cases").json() == {"cases": [], "count": 0}
    told = mine.get(f"{PREFIX}/cases").json()
    assert ([one["case"] for one in told["cases"]], told["count"]) == ([case.number], 1)
    assert mine.get(f"{PREFIX}/cases?start=1").json() == {"cases": [], "count": 1}
    assert mine.get(f"{PREFIX}/cases/{case.number}").json()["illness"] == "肝癌"
    assert site.store.audit.lines(f"case:{case.number}")[0].what == "unmasked"


def test_a_token_opens_no_page(site: Site) -> None:
    asking = program(site)
    assert asking.get("/", follow_redirects=False).status_code == 303


@pytest.fixture
def schema(site: Site, record: int) -> BaseSchema:
    """What the desk says of itself, called without a network and without pause."""
    site.pace.inside.burst = site.pace.inside.rate = 10**6
    asking = program(site)
    token = {"Authorization": asking.headers["Authorization"]}
    return schemathesis.openapi.from_asgi(f"{PREFIX}/openapi.json", app=create_app(site), headers=token)


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_nothing_that_a_program_asks_breaks_the_desk(
    schema: BaseSchema, site: Site, mode: GenerationMode
) -> None:
    """Requests drawn from the OpenAPI, well-formed or not: no fault of ours, nothing undescribed."""
    asking = program(site, Role.CLERK)
    headers = {"Authorization": asking.headers["Authorization"]}
    seen = []
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(max_examples=8, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
        @given(case=operation.as_strategy(generation_mode=mode))
        def attack(case: schemathesis.Case) -> None:
            answer = case.call(headers=headers)
            seen.append(answer.status_code)
            assert answer.status_code < 500, answer.text
            assert str(answer.status_code) in case.operation.definition.raw["responses"]

        attack()
    assert 200 in seen if mode is GenerationMode.POSITIVE else 422 in seen
