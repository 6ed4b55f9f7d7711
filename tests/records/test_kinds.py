from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import identity, kinds
from records.editions import load_editions
from records.findings import Severity
from records.forms import Field
from records.kinds import KINDS
from records.parsing import is_blank
from records.values import Value, narrow

CAUSES = ("无劳动能力", "下岗失业", "患重特大疾病", "农、林、牧、渔业", "下（待）岗", "其他")


def field(kind: str, **facts: object) -> Field:
    return Field(key="asked", label="栏目", kind=kind, **facts)  # type: ignore[arg-type]


def listed(kind: str, **facts: object) -> Field:
    return field(kind, **({"choices": CAUSES, "enforced": True} | facts))


def read(text: str, asked: Field) -> Value:
    parsed = kinds.parse(text, asked)
    assert parsed.problems == ()
    return parsed.value


def codes(text: str, asked: Field) -> list[str]:
    return [problem.code for problem in kinds.parse(text, asked).problems]


# --- what is shown is read back --------------------------------------------------------------------

WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20
).map(narrow).filter(lambda text: not is_blank(text))  # fmt: skip
DAYS = st.dates(date(1880, 1, 1), date(2099, 12, 31)).map(date.isoformat)
DATES = st.tuples(DAYS, st.sampled_from([4, 7, 10])).map(lambda told: told[0][: told[1]])
NUMBERS = st.builds(
    lambda day, sequence: f"330602{day.replace('-', '')}{sequence:03}", DAYS, st.integers(1, 999)
).map(lambda body: body + identity.check_digit(body))
DIGITS = st.integers(10**15, 10**19 - 1).map(str)
NAMES = st.text("甲乙丙丁戊己庚辛0123456789（）/", min_size=1, max_size=8).filter(
    lambda text: not is_blank(text) and text[0] not in "0123456789（"
)

ROUND_TRIPS: list[tuple[Field, st.SearchStrategy[Value]]] = [
    (field("text"), WORDS),
    (field("code", pattern="[0-9A-Z-]{4,24}"), st.from_regex(r"[0-9A-Z]{4,24}", fullmatch=True)),
    (field("phone"), st.integers(13_000_000_000, 19_999_999_999).map(str)),
    (field("id_number", lengths=(15, 18)), NUMBERS),
    (field("bank_card"), DIGITS),
    (field("date"), DATES),
    (field("money"), st.decimals(0, 10**9, places=2)),
    (field("number"), st.decimals(0, 10**5, places=1)),
    (field("integer"), st.integers(0, 99).map(Decimal)),
    (listed("choice"), st.sampled_from(CAUSES)),
    (
        listed("choice", enforced=False),
        st.sampled_from(CAUSES) | WORDS.map(lambda text: narrow(f"甲{text}")),
    ),
    (
        listed("choices", numbered=True),
        st.lists(st.sampled_from(CAUSES), min_size=1, max_size=4, unique=True).map(tuple),
    ),
]


def test_every_kind_is_put_to_the_round_trip() -> None:
    assert {asked.kind for asked, _ in ROUND_TRIPS} == set(KINDS)


@pytest.mark.parametrize(("asked", "values"), ROUND_TRIPS, ids=lambda one: getattr(one, "kind", ""))
def test_what_is_shown_is_read_back_without_a_doubt(asked: Field, values: st.SearchStrategy[Value]) -> None:
    @given(values)
    def round_trip(value: Value) -> None:
        parsed = kinds.parse(kinds.show(value, asked), asked)
        assert parsed.value == value
        assert kinds.check(parsed.value, asked) == parsed.problems

    round_trip()


@given(st.lists(NAMES, min_size=1, max_size=6, unique_by=narrow), st.data())
def test_any_list_is_read_back(entries: list[str], data: st.DataObject) -> None:
    asked = field("choice", choices=tuple(map(narrow, entries)), enforced=True)
    entry = data.draw(st.sampled_from(asked.choices))
    assert kinds.parse(entry, asked).value == entry


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_blanks_of_every_kind_are_none(kind: str) -> None:
    for blank in ("", "　", "/", "——", " - "):
        assert kinds.parse(blank, listed(kind)) == kinds.Parsed(None)
    assert kinds.show(None, listed(kind)) == ""
    assert kinds.check(None, listed(kind)) == ()


@pytest.mark.parametrize("kind", sorted(KINDS))
@given(text=st.text(max_size=25))
def test_no_text_breaks_a_kind_and_its_value_is_sound(kind: str, text: str) -> None:
    asked = listed(kind, numbered=True, at_most=3, pattern="[0-9]{6}", precision="month or day")
    parsed = kinds.parse(text, asked)
    told = {problem.code for problem in parsed.problems}
    assert {problem.code for problem in kinds.check(parsed.value, asked)} <= told
    if parsed.value is None and not is_blank(text) and narrow(text):
        assert told


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_value_of_the_wrong_type_is_an_error(kind: str) -> None:
    odd: Value = "甲" if kind in ("money", "number", "integer", "choices") else Decimal(1)
    (problem,) = kinds.check(odd, listed(kind))
    assert (problem.code, problem.severity) == ("wrong_type", Severity.ERROR)


def test_characters_that_write_a_value_stand_in_its_alphabet(every_field: list[Field]) -> None:
    for asked in every_field:
        allowed = kinds.alphabet(asked)
        for entry in asked.choices if allowed is not None else ():
            assert set(entry) <= allowed  # type: ignore[operator]


# --- lists ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("下岗失业", "下岗失业"),
        ("下岗失业。", "下岗失业"),
        ("下 岗 失 业", "下岗失业"),
        ("下(待)岗", "下（待）岗"),
        ("下 （待） 岗", "下（待）岗"),
        ("农、林、牧、渔业", "农、林、牧、渔业"),
        ("农，林，牧，渔业", "农、林、牧、渔业"),
        ("“下岗失业”", "下岗失业"),
        ("失了业", "下岗失业"),
    ],
)
def test_an_entry_is_known_by_its_spelling_whatever_the_typography(text: str, entry: str) -> None:
    asked = listed("choice", synonyms={"失了业": "下岗失业", "农，林，牧，渔业": "农、林、牧、渔业"})
    assert read(text, asked) == entry


@pytest.mark.parametrize(
    "text",
    ["3", "3.", "（3）", "③", "3.患重特大疾病", "3、患重特大疾病", "3患重特大疾病", "３．患重特大疾病；"],
)
def test_a_numbered_entry_is_known_by_its_number(text: str) -> None:
    assert read(text, listed("choice", numbered=True)) == "患重特大疾病"


def test_a_number_means_nothing_where_the_paper_prints_none() -> None:
    assert codes("3", listed("choice")) == ["choice_not_in_list"]


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("1、3、6", (0, 2, 5)),
        ("1 3 6", (0, 2, 5)),
        ("1，3,6", (0, 2, 5)),
        ("1.3.6", (0, 2, 5)),
        ("①③⑥", (0, 2, 5)),
        ("2.下岗失业 3.患重特大疾病", (1, 2)),
        ("2、下岗失业；3、患重特大疾病", (1, 2)),
        ("下岗失业、患重特大疾病", (1, 2)),
        ("下岗失业，患重特大疾病；其他", (1, 2, 5)),
        ("下岗失业 患重特大疾病", (1, 2)),
        ("下岗失业患重特大疾病", (1, 2)),
        ("下岗失业/其他", (1, 5)),
        ("农、林、牧、渔业、其他", (3, 5)),
        ("患重特\n大疾病", (2,)),
        ("其他、其他", (5,)),
    ],
)
def test_a_set_is_taken_apart_but_never_inside_an_entry(text: str, entries: tuple[int, ...]) -> None:
    assert read(text, listed("choices", numbered=True)) == tuple(CAUSES[entry] for entry in entries)


def test_number_and_words_that_disagree_are_an_error() -> None:
    for kind in ("choice", "choices"):
        parsed = kinds.parse("2.患重特大疾病", listed(kind, numbered=True))
        assert parsed.value is None
        assert [problem.code for problem in parsed.problems] == ["choice_number_contradicts"]


def test_numbers_run_together_are_only_a_candidate() -> None:
    parsed = kinds.parse("136", listed("choices", numbered=True))
    assert parsed.value is None
    assert parsed.candidates == ((CAUSES[0], CAUSES[2], CAUSES[5]),)


def test_a_closed_list_refuses_what_it_does_not_hold_and_names_the_nearest() -> None:
    parsed = kinds.parse("下冈失业", listed("choice"))
    assert parsed.value is None
    assert parsed.candidates[0] == "下岗失业"
    assert [(problem.code, problem.severity) for problem in parsed.problems] == [
        ("choice_not_in_list", Severity.ERROR)
    ]


def test_a_suggested_list_keeps_what_is_written_and_warns() -> None:
    parsed = kinds.parse("下冈 失业", listed("choice", enforced=False))
    assert parsed.value == "下冈失业"
    assert parsed.candidates[0] == "下岗失业"
    assert [(problem.code, problem.severity) for problem in parsed.problems] == [
        ("choice_not_in_list", Severity.WARNING)
    ]


def test_an_entry_of_a_later_list_is_fine_where_it_stands() -> None:
    asked = listed("choice", enforced=False, accepts=("采矿业", "文化、体育和娱乐业"))
    for entry in asked.accepts:
        assert read(entry, asked) == entry
        assert kinds.check(entry, asked) == ()
    assert codes("采矿", asked) == ["choice_not_in_list"]


def test_two_entries_for_one_choice_are_refused_with_both_as_candidates() -> None:
    parsed = kinds.parse("下岗失业、其他", listed("choice"))
    assert parsed.value is None
    assert parsed.candidates[:2] == ("下岗失业", "其他")
    assert codes("下岗失业、其他", listed("choice")) == ["choice_several"]


def test_an_unlisted_piece_leaves_a_set_open_with_the_likely_sets_as_candidates() -> None:
    parsed = kinds.parse("下岗失业、患重特大疾", listed("choices"))
    assert parsed.value is None
    assert parsed.candidates == (("下岗失业", "患重特大疾病"), ("下岗失业",))


def test_more_entries_than_allowed_stay_readable_but_are_an_error() -> None:
    parsed = kinds.parse("1、2、3、6", listed("choices", numbered=True, at_most=3))
    assert parsed.value == (CAUSES[0], CAUSES[1], CAUSES[2], CAUSES[5])
    assert [(problem.code, problem.severity) for problem in parsed.problems] == [
        ("choices_too_many", Severity.ERROR)
    ]
    assert codes("1、2、3", listed("choices", numbered=True, at_most=3)) == []


def test_a_note_behind_an_entry_is_told_and_the_printed_prompt_is_not() -> None:
    asked = listed("choices", numbered=True)
    assert read("6.其他（注明）", asked) == ("其他",)
    for text in ("6.其他（注明）：失独", "其他：失独", "其他（失独）"):
        parsed = kinds.parse(text, asked)
        assert parsed.value == ("其他",)
        assert [(problem.code, problem.facts["text"]) for problem in parsed.problems] == [
            ("choice_note", "失独")
        ]


def test_a_word_for_none_chooses_nothing_and_says_so() -> None:
    assert kinds.parse("无", listed("choices")).value is None
    assert codes("无", listed("choices")) == ["choices_none_word"]


@pytest.mark.parametrize("text", [".", "、", "√", "（"])
@pytest.mark.parametrize("kind", ["choice", "choices"])
def test_a_stray_mark_is_no_choice_and_not_passed_over(kind: str, text: str) -> None:
    assert kinds.parse(text, listed(kind)).value is None
    assert codes(text, listed(kind)) == ["choice_not_in_list"]


def test_a_stored_set_with_an_entry_twice_is_told() -> None:
    problems = kinds.check(("其他", "其他"), listed("choices"))
    assert [problem.code for problem in problems] == ["choice_repeated"]


# --- numbers of people -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("138 0013 8000", "13800138000"),
        ("138-0013-8000", "13800138000"),
        ("+86-13800138000", "13800138000"),
        ("008613800138000", "13800138000"),
        ("0371-56416644", "0371-56416644"),
        ("0371－56416644", "0371-56416644"),
        ("（0575）85206402", "（0575）85206402"),
        ("85206402", "85206402"),
        ("0575-85206402转801", "0575-85206402转801"),
        ("13800138000/0371-56416644", "13800138000/0371-56416644"),
        ("4008123456", "4008123456"),
    ],
)
def test_telephone_numbers_of_every_sort_are_read(text: str, value: str) -> None:
    assert read(text, field("phone")) == value


@pytest.mark.parametrize("text", ["1380013800", "0371-564166", "无", "13800138000、12"])
def test_an_odd_telephone_number_is_kept_and_warns(text: str) -> None:
    parsed = kinds.parse(text, field("phone"))
    assert parsed.value == text
    assert [problem.severity for problem in parsed.problems] == [Severity.WARNING]


def test_letters_read_as_digits_are_candidates_only() -> None:
    parsed = kinds.parse("l38OO138000", field("phone"))
    assert (parsed.value, parsed.candidates) == ("l38OO138000", ("13800138000",))


def test_bank_cards_shed_gaps_and_keep_failing_check_digits_with_a_warning() -> None:
    assert read("6260 4104 1338 2253 436", field("bank_card")) == "6260410413382253436"
    wrong = kinds.parse("6260410413382253435", field("bank_card"))
    assert wrong.value == "6260410413382253435"
    assert [(problem.code, problem.severity) for problem in wrong.problems] == [
        ("bank_card_check_digit", Severity.WARNING)
    ]
    assert codes("62604104", field("bank_card")) == ["bank_card_length"]
    assert codes("存折", field("bank_card")) == ["bank_card_characters"]


@given(st.integers(10**14, 10**18 - 1), st.integers(0, 17), st.integers(1, 9))
def test_the_luhn_check_finds_any_single_wrong_digit(body: int, place: int, shift: int) -> None:
    number = next(str(body * 10 + digit) for digit in range(10) if kinds.luhn(str(body * 10 + digit)))
    at = place % len(number)
    wrong = number[:at] + str((int(number[at]) + shift) % 10) + number[at + 1 :]
    assert not kinds.luhn(wrong)


def test_fifteen_digits_offer_eighteen_where_the_form_wants_them() -> None:
    asked = field("id_number", lengths=(18,))
    assert kinds.parse("330602650101001", asked).candidates == ("330602196501010012",)
    assert kinds.parse("330602650101001", field("id_number", lengths=(15, 18))).candidates == ()


def test_a_postcode_follows_its_pattern_or_warns() -> None:
    asked = field("code", pattern=r"\d{6}")
    assert read("4500 89", asked) == "450089"
    assert codes("45008", asked) == ["code_pattern"]
    assert kinds.alphabet(asked) == frozenset("0123456789")


def test_a_date_less_precise_than_asked_warns() -> None:
    asked = field("date", precision="month or day")
    assert codes("1983", asked) == ["date_too_coarse"]
    assert read("1983.12", asked) == "1983-12"
    assert read("1983", field("date")) == "1983"


@pytest.fixture(scope="module")
def every_field() -> list[Field]:
    """Every field and column of the built-in editions."""
    asked = [one for edition in load_editions() for one in edition.fields]
    return [one for field_ in asked for one in (field_.fields or (field_,))]
