from __future__ import annotations

from decimal import Decimal

import pytest

from intake.guessing import blank, guess
from records.drafts import Reading
from records.editions import Edition
from records.forms import Field
from records.identity import check_digit
from records.values import Value
from tests.intake.recognised import bare, line_of

ID = "410204196202168902"
CARD = "6260410413382253436"


def codes(reading: Reading) -> set[str]:
    return {reason.code for reason in reading.reasons}


# --- blank cells and cells that nobody could read ---------------------------------------------------


def test_a_cell_without_lines_is_blank_and_needs_no_look(henan: Edition) -> None:
    reading = guess([], henan.field("disability"))
    assert reading == blank()
    assert (reading.value, reading.review) == (None, False)


@pytest.mark.parametrize("key", ["name", "gender", "id_number", "monthly_income", "secondary_causes"])
def test_ink_in_which_nothing_was_read_is_never_taken_for_blank(key: str, henan: Edition) -> None:
    reading = guess([line_of("")], henan.field(key))
    assert reading.value is None
    assert reading.review
    assert codes(reading) == {"ink_unread"}


# --- every kind, read clearly -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "written", "value"),
    [
        ("gender", "女", "女"),
        ("work_status", "下岗", "下岗"),
        ("work_status", "失业", "失业"),
        ("marital_status", "离异", "离异"),
        ("id_number", ID, ID),
        ("birth_date", "1962-02-16", "1962-02-16"),
        ("birth_date", "1962年2月16日", "1962-02-16"),
        ("birth_date", "1962.2.16", "1962-02-16"),
        ("work_start", "1979年9月", "1979-09"),
        ("monthly_income", "1200", Decimal(1200)),
        ("monthly_income", "1,200.50", Decimal("1200.50")),
        ("monthly_income", "0", Decimal(0)),
        ("household_size", "3", Decimal(3)),
        ("floor_area", "76.3", Decimal("76.3")),
        ("mobile", "13800000000", "13800000000"),
        ("bank_card", CARD, CARD),
        ("postcode", "450000", "450000"),
        ("name", "王国明", "王国明"),
        ("primary_cause", "3", "下岗失业"),
        ("secondary_causes", "1、9", ("无劳动能力", "子女上学")),
        ("secondary_causes", "1，9", ("无劳动能力", "子女上学")),
    ],
)  # fmt: skip
def test_what_is_read_clearly_needs_no_look(key: str, written: str, value: Value, henan: Edition) -> None:
    reading = guess([line_of(written)], henan.field(key))
    assert reading.value == value
    assert not reading.review
    assert reading.confidence > 0.9
    assert reading.raw.replace(" ", "") == written


# --- choices ----------------------------------------------------------------------------------------


def test_the_list_decides_what_a_doubtful_character_is(henan: Edition) -> None:
    line = line_of("在冈", doubts={1: {"岗": 0.3}})
    reading = guess([line], henan.field("work_status"))
    assert reading.value == "在岗"
    assert reading.raw == "在冈"


def test_two_entries_that_the_picture_cannot_tell_apart_want_a_look(shaoxing: Edition) -> None:
    line = line_of("男", sure=0.98, doubts={0: {"女": 0.48}})
    reading = guess([line], shaoxing.field("gender"))
    assert reading.value == "男"
    assert reading.review
    assert [alternative.value for alternative in reading.alternatives] == ["女"]


def test_a_suggested_list_lets_a_clear_other_text_out(henan: Edition) -> None:
    reading = guess([line_of("灵活就业")], henan.field("work_status"))
    assert reading.value == "灵活就业"


def test_a_suggested_list_keeps_an_unclear_text_in(henan: Edition) -> None:
    line = line_of("打岗", sure=0.7, doubts={0: {"在": 0.28}})
    assert guess([line], henan.field("work_status")).value == "在岗"


@pytest.mark.parametrize("written", ["灵活就业", "打零工", "有病"])
def test_an_enforced_list_is_never_left_and_never_in_silence(written: str, shaoxing: Edition) -> None:
    asked = shaoxing.field("marital_status")
    reading = guess([line_of(written)], asked)
    assert reading.value in (*asked.choices, None)
    assert reading.review


def test_an_engine_without_probabilities_gets_the_nearest_entry_with_a_look(shaoxing: Edition) -> None:
    reading = guess([bare("已媚")], shaoxing.field("marital_status"))
    assert reading.value == "已婚"
    assert reading.review
    assert "nearest_entry" in codes(reading)


@pytest.mark.parametrize(
    ("key", "written", "value"),
    [
        ("gender", "女", "女"),
        ("id_number", ID, ID),
        ("monthly_income", "1200元", Decimal(1200)),
        ("name", "王国明", "王国明"),
    ],
)
def test_an_engine_without_probabilities_is_believed_where_it_is_sure(
    key: str, written: str, value: Value, henan: Edition
) -> None:
    reading = guess([bare(written)], henan.field(key))
    assert (reading.value, reading.review) == (value, False)


def test_an_engine_without_probabilities_is_doubted_where_it_is_not_sure(henan: Edition) -> None:
    assert guess([bare("王国明", 0.5)], henan.field("name")).review


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("患重大疾病", ("患重特大疾病",)),
        ("下岗失业、子女上学", ("下岗失业", "子女上学")),
        ("下岗失业、患重特大疾病、子女上学", ("下岗失业", "患重特大疾病", "子女上学")),
        ("下冈失业、患重特大疾病、子女上学", ("下岗失业", "患重特大疾病", "子女上学")),
    ],
)
def test_causes_are_told_by_their_words(written: str, value: tuple[str, ...], henan: Edition) -> None:
    assert guess([line_of(written)], henan.field("secondary_causes")).value == value


# --- identity numbers and other numbers -------------------------------------------------------------


def wrong_digits(number: str) -> list[tuple[int, str]]:
    digits = "0123456789"
    return [(place, digits[(int(number[place]) + shift) % 10]) for place in range(17) for shift in (1, 3, 7)]


@pytest.mark.parametrize(("place", "digit"), wrong_digits(ID))
def test_a_lone_wrong_digit_of_an_id_number_never_passes_in_silence(
    place: int, digit: str, henan: Edition
) -> None:
    misread = ID[:place] + digit + ID[place + 1 :]
    reading = guess([line_of(misread, sure=0.9999)], henan.field("id_number"))
    assert reading.value == ID or reading.review


def test_the_check_digit_finds_the_digit_that_the_engine_thought_second_and_says_so(henan: Edition) -> None:
    line = line_of(ID[:8] + "5" + ID[9:], doubts={8: {"6": 0.2}})
    reading = guess([line], henan.field("id_number"))
    assert reading.value == ID
    assert reading.review
    assert "repaired" in codes(reading)


def test_a_check_digit_written_as_a_cross_is_read(henan: Edition) -> None:
    body = next(
        f"41020419620216{order:03d}"
        for order in range(100, 999)
        if check_digit(f"41020419620216{order:03d}") == "X"
    )
    reading = guess([line_of(body + "X")], henan.field("id_number"))
    assert (reading.value, reading.review) == (body + "X", False)


def test_fifteen_digits_pass_where_the_edition_takes_them(shaoxing: Edition) -> None:
    old = ID[:6] + ID[8:17]
    reading = guess([line_of(old)], shaoxing.field("id_number"))
    assert (reading.value, reading.review) == (old, False)


@pytest.mark.parametrize("digit", ["0", "9"])
def test_a_wrong_digit_of_a_bank_card_is_said(digit: str, henan: Edition) -> None:
    misread = CARD[:10] + digit + CARD[11:]
    assert misread != CARD
    reading = guess([line_of(misread)], henan.field("bank_card"))
    assert reading.value == CARD or "bank_card_check_digit" in codes(reading)


@pytest.mark.parametrize(
    "key", ["id_number", "bank_card", "mobile", "postcode", "monthly_income", "birth_date"]
)
def test_words_where_a_number_belongs_want_a_look(key: str, henan: Edition) -> None:
    reading = guess([line_of("河南省杭州市")], henan.field(key))
    assert reading.review


@pytest.mark.parametrize("written", ["1962-13-16", "1962年2月30日"])
def test_a_day_that_is_none_wants_a_look(written: str, henan: Edition) -> None:
    assert guess([line_of(written)], henan.field("birth_date")).review


def test_a_doubtful_digit_of_an_amount_wants_a_look(henan: Edition) -> None:
    line = line_of("1200", doubts={0: {"7": 0.35}})
    reading = guess([line], henan.field("monthly_income"))
    assert reading.review
    assert Decimal(7200) in [alternative.value for alternative in reading.alternatives]


# --- text -------------------------------------------------------------------------------------------


KNOWN = {"unit": ("李华王贵路",)}


def doubtful_unit(field: Field, other: float) -> Reading:
    """A unit in which 国 may be 华, as on file, with so much of the probability."""
    line = line_of("李国王贵路", 0.999, {1: {"华": other}})
    return guess([line], field, known=KNOWN)


def test_what_is_on_file_decides_between_two_texts_only_with_a_clerk_looking(henan: Edition) -> None:
    reading = doubtful_unit(henan.field("employer"), 0.4)
    assert reading.value == KNOWN["unit"][0]
    assert reading.review
    assert "known_preferred" in codes(reading)


def test_a_clearly_read_value_is_never_taken_for_the_one_on_file(henan: Edition) -> None:
    reading = doubtful_unit(henan.field("employer"), 0.003)
    assert reading.value == "李国王贵路"
    assert "known_preferred" not in codes(reading)


def test_people_s_names_are_not_asked_of_the_archive(henan: Edition) -> None:
    line = line_of("王国明", doubts={0: {"张": 0.45}})
    assert guess([line], henan.field("name"), known={"person": ("张国明",)}) == guess(
        [line], henan.field("name")
    )


def test_specks_at_the_ends_of_a_text_are_left_out(henan: Edition) -> None:
    assert guess([line_of("王国明.")], henan.field("name")).value == "王国明"


def test_two_lines_of_a_cell_are_one_value(henan: Edition) -> None:
    reading = guess([line_of("河南省"), line_of("西湖区")], henan.field("address"))
    assert reading.value == "河南省西湖区"


def test_a_weak_character_in_a_text_wants_a_look(henan: Edition) -> None:
    assert guess([line_of("王国明", doubts={1: {"贵": 0.45}})], henan.field("name")).review


def test_a_text_of_a_pen_is_read_in_simplified_characters(henan: Edition) -> None:
    assert guess([line_of("張國華")], henan.field("name")).value == "张国华"


def test_the_likelier_name_is_taken_where_the_picture_leaves_it_open(henan: Edition) -> None:
    reading = guess([line_of("干国明", doubts={0: {"王": 0.3}})], henan.field("name"))
    assert reading.value == "王国明"
    assert reading.raw == "干国明"
    assert reading.review
    assert "干国明" in [alternative.value for alternative in reading.alternatives]


def test_without_priors_a_name_is_what_the_picture_alone_says(henan: Edition) -> None:
    reading = guess([line_of("干国明", doubts={0: {"王": 0.3}})], henan.field("name"), known=None)
    assert reading.value == "干国明"


def test_words_that_are_known_already_are_recognised(henan: Edition) -> None:
    line = line_of("西河路", doubts={1: {"湖": 0.3}})
    known = {"place": ("西湖路",)}
    assert guess([line], henan.field("address"), known=known).value == "西湖路"


# --- options named by number ------------------------------------------------------------------------


def test_a_number_beyond_the_list_is_no_entry_in_silence(henan: Edition) -> None:
    asked: Field = henan.field("secondary_causes")
    reading = guess([line_of("1、11")], asked)
    assert reading.review


def test_more_entries_than_may_be_chosen_want_a_look(henan: Edition) -> None:
    reading = guess([line_of("1、2、3、4")], henan.field("secondary_causes"))
    assert reading.review
