from __future__ import annotations

import json
from decimal import Decimal

import pytest

from desk.contract import error_line, form_line, page_line, read_fields, record_line
from records.drafts import Draft, Ink, Origin, Reading, Source, Unmatched
from records.editions import load_editions
from records.errors import Encrypted
from records.findings import Finding, Reason, Severity
from tests.clerk import SAMPLES

EDITIONS = load_editions()
TRUTHS = sorted(SAMPLES.glob("*.json"))
SOURCE = Source(1, (10, 20, 30, 40))
ORIGIN = Origin("scan.jpg", "ab" * 32, (2,))


def a_form(**readings: Reading) -> Draft:
    finding = Finding("required", Severity.ERROR, ("name",), {"label": "x"})
    ink = {"seal_union": Ink(True, 0.93, SOURCE)}
    named = {path.replace("__", "."): reading for path, reading in readings.items()}
    return Draft("shaoxing-2010", named, ink, (finding,), ORIGIN)


def test_a_form_is_said_as_the_contract_wants() -> None:
    draft = a_form(
        name=Reading("张三", "张 三", 0.99876, source=SOURCE),
        causes=Reading(("子女上学", "残疾"), "子女上学、残疾"),
        monthly_income=Reading(Decimal("850.50"), "850.50元"),
        household_size=Reading(Decimal(3), "3", 0.4, True, (Reason("unsure"),)),
    )
    told = form_line("in/scan.jpg", draft, EDITIONS["shaoxing-2010"])
    assert {key: told[key] for key in ("file", "sha256", "pages", "edition")} == {
        "file": "in/scan.jpg",
        "sha256": "ab" * 32,
        "pages": [2],
        "edition": "shaoxing-2010",
    }
    fields = told["fields"]
    assert fields["name"] == {
        "value": "张三",
        "raw": "张 三",
        "confidence": 0.9988,
        "review": False,
        "reasons": [],
        "page": 1,
        "box": [10, 20, 30, 40],
    }
    assert fields["causes"]["value"] == ["子女上学", "残疾"]
    assert (fields["monthly_income"]["value"], fields["household_size"]["value"]) == (850.5, 3)
    assert json.dumps(fields["household_size"]["value"]) == "3"
    assert fields["household_size"]["review"] is True
    assert len(fields["household_size"]["reasons"]) == 1
    assert told["ink"] == {
        "seal_union": {"present": True, "confidence": 0.93, "page": 1, "box": [10, 20, 30, 40]}
    }
    [finding] = told["findings"]
    assert (finding["rule"], finding["severity"], finding["fields"]) == ("required", "error", ["name"])
    assert finding["message"]


def test_blanks_are_null_or_an_empty_list_and_blank_rows_are_none() -> None:
    draft = a_form(
        name=Reading(None),
        causes=Reading(None),
        family__0__name=Reading(None),
        family__0__relation=Reading(None),
        family__1__name=Reading("李四"),
        family__2__name=Reading(None, "?", 0.2, True),
    )
    fields = form_line("scan.jpg", draft, EDITIONS["shaoxing-2010"])["fields"]
    assert (fields["name"]["value"], fields["causes"]["value"]) == (None, [])
    assert [row["name"]["value"] for row in fields["family"]] == ["李四", None]
    assert fields["attachments"] == []


def test_word_has_no_box() -> None:
    draft = a_form(name=Reading("张三", "张三", source=Source(1)))
    cell = form_line("form.docx", draft, EDITIONS["shaoxing-2010"])["fields"]["name"]
    assert (cell["page"], cell["box"]) == (1, None)


def test_a_page_that_is_no_form_and_a_file_that_cannot_be_read_are_said() -> None:
    page = page_line("scan.pdf", Unmatched(ORIGIN, Reason("no_table")))
    assert (page["file"], page["pages"], page["edition"]) == ("scan.pdf", [2], None)
    assert page["reason"]
    told = error_line("locked.pdf", Encrypted(file="locked.pdf"))
    assert told["file"] == "locked.pdf"
    assert told["error"]["code"] == "encrypted"
    assert "locked.pdf" in told["error"]["message"]


@pytest.mark.parametrize("file", TRUTHS, ids=lambda file: file.stem)
def test_a_record_goes_out_as_it_came_in(file: object) -> None:
    told = json.loads(SAMPLES.joinpath(str(file)).read_text(encoding="utf-8"))
    edition = EDITIONS[told["edition"]]
    values, misfits = read_fields(edition, told["fields"])
    assert misfits == []
    again = record_line(edition, values)
    assert again["edition"] == told["edition"]
    asked = {key: value for key, value in again["fields"].items() if key in told["fields"]}
    assert [without_blanks(row) for row in asked.pop("family")] == told["fields"].pop("family")
    assert asked == told["fields"]


def without_blanks(row: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in row.items() if value is not None}


@pytest.mark.parametrize(
    ("fields", "where", "code"),
    [
        ({"nickname": "x"}, "nickname", "unknown_key"),
        ({"family": [{"name": "李四"}, {"nickname": "x"}]}, "family.1.nickname", "unknown_key"),
        ({"family": {"name": "李四"}}, "family", "not_rows"),
        ({"family": ["李四"]}, "family", "not_rows"),
        ({"family.0.name": "李四"}, "family.0.name", "unknown_key"),
        ({"name": 5}, "name", "wrong_type"),
        ({"name": True}, "name", "wrong_type"),
        ({"name": ["张三"]}, "name", "wrong_type"),
        ({"monthly_income": "many"}, "monthly_income", "wrong_type"),
        ({"causes": "残疾"}, "causes", "wrong_type"),
        ({"causes": [1]}, "causes", "wrong_type"),
        ({"id_number": 330602196501011234}, "id_number", "wrong_type"),
    ],
)
def test_what_an_edition_does_not_know_is_named(fields: dict[str, object], where: str, code: str) -> None:
    _, misfits = read_fields(EDITIONS["shaoxing-2010"], fields)
    assert [(misfit.where, misfit.code) for misfit in misfits] == [(where, code)]
