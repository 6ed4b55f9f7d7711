"""What may be seen in a list, and how its cells are told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from records.archive import Record, State
from records.editions import Edition, Editions, load_editions
from records.errors import EditionError, Refused
from records.lines import Contents, Shown
from records.listing import listing
from records.masking import mask_id, mask_name
from records.sources import contents
from records.values import Value

WHEN = datetime(2016, 10, 1, 12, tzinfo=UTC)
GIVEN = {"start": "2016-09-29", "days": "7"}
PERSON: dict[str, Value] = {
    "name": "欧阳修文", "employer": "纺织厂", "id_number": "410204196202160012", "health": "癌症",
    "family.0.name": "李四", "family.0.relation": "妻子", "mobile": "13800000000",
    "address": "某街一号", "primary_cause": "患重特大疾病", "bank_card": "6260410413382253436",
}  # fmt: skip


@pytest.fixture(scope="module")
def editions() -> Editions:
    return load_editions()


@pytest.fixture(scope="module")
def henan(editions: Editions) -> Edition:
    return editions["henan-2016"]


def record(edition: Edition, values: Mapping[str, Value], number: int = 1, state: str = "") -> Record:
    states = {"archive": State(state, WHEN.date(), "会议", "王")} if state else {}
    return Record(number, edition.key, values, WHEN, WHEN, 1, states)


def made(edition: Edition, document: str, *people: Mapping[str, Value], **wishes: object) -> Contents:
    records = [record(edition, values, number) for number, values in enumerate(people, 1)]
    asked = listing(edition, edition.document(document), records, **wishes)  # type: ignore[arg-type]
    return contents(asked)


def texts(contents: Contents) -> list[dict[str, str]]:
    return [{key: shown.text for key, shown in row.items()} for row in contents.tables[0].rows]


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("王芳", "王*"), ("李建国", "李*国"), ("欧阳修文", "欧**文"), ("阿不都热合曼", "阿****曼"),
        ("买买提·艾力", "买**·*力"), ("王", "王"), ("", ""),
    ],
)  # fmt: skip
def test_the_middle_of_a_name_is_hidden(name: str, seen: str) -> None:
    assert mask_name(name) == seen


@pytest.mark.parametrize(
    ("number", "seen"),
    [
        ("410204196202160012", "410204********0012"),
        ("410204620216001", "410204*****6001"),
        ("4102041962021600", "****************"),
        ("unleserlich", "***********"),
    ],
)
def test_of_an_identity_number_the_birth_date_is_hidden(number: str, seen: str) -> None:
    assert mask_id(number) == seen


def test_a_public_list_shows_masked_names_and_employers_alone(henan: Edition) -> None:
    found = made(henan, "public-list", PERSON, {"name": "王芳"}, given=GIVEN)
    assert texts(found) == [
        {"place": "1", "name": "欧**文", "employer": "纺织厂"},
        {"place": "2", "name": "王*", "employer": ""},
    ]
    assert found.figures["count"] == "2"
    everything = str(found)
    for secret in ("欧阳修文", "1962", "癌症", "李四", "138", "某街", "患重", "6260"):
        assert secret not in everything


def test_a_number_that_was_written_into_another_field_does_not_get_out(henan: Edition) -> None:
    told = PERSON | {"employer": "纺织厂 410204196202160012 卡6260410413382253436"}
    [row] = texts(made(henan, "public-list", told, given=GIVEN))
    assert row["employer"] == "纺织厂 410204********0012 卡***************3436"
    [row] = texts(made(henan, "public-list", told, given=GIVEN, shown=["employer"], why="要求"))
    assert row["employer"] == told["employer"]
    [row] = texts(made(henan, "ledger", told))
    assert row["employer"] == told["employer"]


def test_an_identity_number_joins_only_when_asked_for_and_without_its_birth_date(henan: Edition) -> None:
    [row] = texts(made(henan, "public-list", PERSON, given=GIVEN, wanted=["身份证号"]))
    assert row["id_number"] == "410204********0012"
    with pytest.raises(Refused) as refused:
        made(henan, "public-list", PERSON, given=GIVEN, wanted=["health"])
    assert refused.value.code == "no_such_column"


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("id_number", "冒用"), ("bank_card", "银行"), ("address", "住址"), ("mobile", "联系方式"),
        ("birth_date", "出生日期"), ("health", "健康"), ("disability", "残疾"), ("primary_cause", "疾病"),
        ("family", "家庭成员"), ("name", "只写姓名和所在单位"), ("ethnicity", "只写姓名和所在单位"),
    ],
)  # fmt: skip
def test_what_a_public_list_never_shows_is_refused_with_the_reason(
    key: str, why: str, henan: Edition
) -> None:
    for reason in ("", "   "):
        with pytest.raises(Refused) as refused:
            made(henan, "public-list", PERSON, given=GIVEN, shown=[key], why=reason)
        assert refused.value.code == "never_shown"
        assert refused.value.facts["field"] == henan.field(key).label
        assert why in refused.value.facts["why"]


def test_every_field_of_every_edition_is_refused_without_a_reason(editions: Editions) -> None:
    for edition in editions:
        for asked in edition.fields:
            with pytest.raises(Refused, match="never_shown"):
                made(edition, "public-list", PERSON, given=GIVEN, shown=[asked.key])


def test_an_exception_for_a_reason_shows_that_field_and_no_other(henan: Edition) -> None:
    wishes = {"given": GIVEN, "wanted": ["id_number"], "why": "县总工会要求"}
    [row] = texts(made(henan, "public-list", PERSON, shown=["姓名", "family"], **wishes))
    assert row == {
        "place": "1", "name": "欧阳修文", "employer": "纺织厂", "id_number": "410204********0012",
        "family": "李四（妻子）",
    }  # fmt: skip


def test_an_exception_needs_a_list_that_hides_something_and_a_field_that_there_is(henan: Edition) -> None:
    with pytest.raises(Refused, match="nothing_masked"):
        made(henan, "ledger", PERSON, shown=["name"], why="因为")
    with pytest.raises(Refused, match="unknown_path"):
        made(henan, "public-list", PERSON, given=GIVEN, shown=["love"], why="因为")


@pytest.mark.parametrize(
    "column",
    [
        'key = "bank_card"',
        'key = "bank_card"\nmask = "name"',
        'key = "mobile"\nmask = "id_number"',
        'key = "x"\nof = ["family"]\nshows = "people"',
        'key = "x"\nof = ["name", "id_number"]\nshows = "all"\nmask = "name"',
    ],
)
def test_a_unit_s_own_public_list_cannot_show_a_secret_by_mistake(column: str, tmp_path: Path) -> None:
    folder = tmp_path / "henan-2016"
    folder.mkdir()
    (folder / "public-list.roster.toml").write_text(
        f'public = true\nwhy_hidden = "不公布"\n[[columns]]\n{column}\nhead = "卡"\nwidth = 9\n', "utf-8"
    )
    with pytest.raises(Refused, match="never_shown"):
        made(load_editions(tmp_path)["henan-2016"], "public-list", PERSON)


@pytest.mark.parametrize("edition", ["henan-2016", "shaoxing-2010"])
def test_nothing_is_assumed_of_a_public_list_s_days(edition: str, editions: Editions) -> None:
    with pytest.raises(Refused) as refused:
        made(editions[edition], "public-list", PERSON, given={"start": "2016-09-29"})
    assert (refused.value.code, "days" in refused.value.facts["missing"]) == ("given_missing", True)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"start": "2016-09", "days": "5"}, "ask_unreadable"),
        ({"start": "2016-02-30", "days": "5"}, "ask_unreadable"),
        ({"start": "2016-09-01", "days": "0"}, "ask_unreadable"),
        ({"start": "2016-09-01", "days": "100000"}, "ask_unreadable"),
        ({"start": "2016-09-01", "days": "五天"}, "ask_unreadable"),
        ({"start": "2016-09-01", "days": "5", "love": "1"}, "no_such_given"),
    ],
)
def test_an_answer_that_says_nothing_is_refused(given: dict[str, str], code: str, henan: Edition) -> None:
    with pytest.raises(Refused, match=code):
        made(henan, "public-list", PERSON, given=given)


def test_the_end_of_the_period_is_counted_and_said_in_the_figures_of_the_time(editions: Editions) -> None:
    new = made(editions["henan-2016"], "public-list", PERSON, given=GIVEN)
    assert (new.figures["start"], new.figures["end"]) == ("2016年9月29日", "2016年10月12日")
    assert [note.code for note in new.notes] == ["holidays_counted"]
    old = made(editions["shaoxing-2010"], "public-list", PERSON, given={"start": "2010-11-22", "days": "5"})
    assert (old.figures["start"], old.figures["end"]) == (
        "二〇一〇年十一月二十二日",
        "二〇一〇年十一月二十六日",
    )
    later = made(editions["henan-2016"], "public-list", PERSON, given={**GIVEN, "start": "2100-01-04"})
    assert [note.code for note in later.notes] == ["weekends_only"]


def test_the_ledger_tells_causes_codes_notes_and_states(henan: Edition) -> None:
    person = PERSON | {
        "measures": ("就业创业发展", "其他"), "measures_other": "法律援助", "deadline": "2017-06",
        "secondary_causes": ("下岗失业", "子女上学"),
    }  # fmt: skip
    asked = listing(henan, henan.document("ledger"), [record(henan, person, state="out_of_hardship")])
    [row] = contents(asked).tables[0].rows
    assert row["name"].text == "欧阳修文"
    assert row["measures"] == Shown("就业创业发展、其他（法律援助）", None, "1、5（法律援助）")
    assert row["secondary_causes"].text == "下岗失业、子女上学"
    assert (row["state"].text, row["changed"].text, row["deadline"].text) == ("脱困", "2016-10-01", "2017-06")
    assert (row["help"].text, row["amount"].text) == ("", "")
    assert row["place"].number == Decimal(1)


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("", ""),
        ("surveyed", "摸底调查"),
        ("entered", "在档"),
        ("withdrawn", "撤档"),
        ("not_filed", "不予建档"),
    ],
)
def test_a_ledger_s_state_is_on_file_out_of_hardship_or_withdrawn(
    state: str, word: str, henan: Edition
) -> None:
    asked = listing(henan, henan.document("ledger"), [record(henan, PERSON, state=state)])
    assert contents(asked).tables[0].rows[0]["state"].text == word


@pytest.mark.parametrize("key", ["henan-2016", "shaoxing-2010"])
def test_an_entry_sheet_has_every_field_of_the_form_in_its_order(key: str, editions: Editions) -> None:
    edition = editions[key]
    table = made(edition, "entry-sheet", PERSON | {"family.1.name": "王五"}).tables[0]
    labels = [row["label"].text.lstrip("*") for row in table.rows]
    plain = [asked.label for asked in edition.on_paper if not asked.is_rows]
    assert [label for label in labels if "·" not in label] == plain
    family = edition.field("family")
    assert [label for label in labels if "·" in label] == [
        f"{family.row}{row}·{column.label}" for row in (1, 2) for column in family.fields
    ]
    told = {row["label"].text.lstrip("*"): row for row in table.rows}
    assert told["姓名"]["value"].text == "欧阳修文" and told["民族"]["value"].text == "（空白）"
    assert {row["done"].text for row in table.rows} == {"□"}
    assert [row["place"].text for row in table.rows] == [str(place) for place in range(1, len(labels) + 1)]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        ('[[columns]]\nkey = "love"\nhead = "爱"\nwidth = 9\n', "unknown field love"),
        ('[[columns]]\nkey = "name"\nhead = "名"\nwidth = 9\nmask = "veil"\n', "unknown mask veil"),
        ('[[columns]]\nkey = "name"\nhead = "名"\nwidth = 9\nshows = "love"\n', "unknown way love"),
        ('[[columns]]\nkey = "s"\nhead = "态"\nwidth = 9\nshows = "state"\nprocess = "x"\n', "process x"),
        ('[[columns]]\nkey = "name"\nwidth = 9\n', "head"),
        ('source = "love"\n', "unknown source love"),
        ("public = true\n", "why_hidden"),
        ('public = true\nwhy_hidden = "不"\n[tables.more]\ncolumns = []\n', "own table"),
        ('public = true\nwhy_hidden = "不"\nsource = "fields"\n', "own table"),
        ('[[columns]]\nkey = "v"\nhead = "值"\nwidth = 9\nshows = "value"\n', "no fields"),
        ("[[columns", "Expected"),
    ],
)  # fmt: skip
def test_a_wrong_roster_is_named_with_what_is_wrong(data: str, what: str, tmp_path: Path) -> None:
    folder = tmp_path / "henan-2016"
    folder.mkdir()
    (folder / "ledger.roster.toml").write_text(data, "utf-8")
    edition = load_editions(tmp_path)["henan-2016"]
    with pytest.raises(EditionError) as wrong:
        made(edition, "ledger", PERSON)
    assert what in wrong.value.facts["what"]
