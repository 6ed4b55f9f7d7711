from __future__ import annotations

from decimal import Decimal

import pytest
from markupsafe import escape

from docgen.fonts import Fonts, load_typefaces, present_fonts
from docgen.tags import Continued, Words, check_text, escaped, label_of, meaning
from records.editions import Editions
from records.errors import DocumentError
from records.values import Value

VALUES: dict[str, Value] = {
    "name": "张三",
    "birth_date": "1963-05-02",
    "work_start": "1981-07",
    "monthly_income": Decimal(800),
    "primary_cause": "患重特大疾病",
    "secondary_causes": ("下岗失业", "子女上学"),
    "is_target": "否",
    "measures": ("就业创业发展", "其他"),
    "family.0.name": "李四",
    "family.0.relation": "妻子",
    "family.1.name": "张小五",
    "family.4.name": "张九",
    "family.4.birth_date": "2001-12-31",
}


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("name", "张三"),
        ("address", ""),
        ("monthly_income", "800"),
        ("birth_date_year", "1963"),
        ("birth_date_month", "5"),
        ("birth_date_day", "2"),
        ("birth_date_to_month", "1963-05"),
        ("work_start_month", "7"),
        ("work_start_day", ""),
        ("determined_on_year", ""),
        ("primary_cause", "患重特大疾病"),
        ("primary_cause_no", "6"),
        ("secondary_causes_no", "3、9"),
        ("tick_is_target_1", ""),
        ("tick_is_target_2", "√"),
        ("tick_measures_1", "√"),
        ("tick_measures_2", ""),
        ("tick_measures_5", "√"),
        ("family_1_name", "李四"),
        ("family_3_name", ""),
        ("family_5_birth_date_year", "2001"),
        ("family_list", "李四（妻子）、张小五、张九"),
        ("record_number", "7"),
        ("sheet_number", ""),
    ],
)
def test_a_tag_prints_what_its_name_says(tag: str, text: str, editions: Editions) -> None:
    assert Words(editions["henan-2016"], 7, VALUES).text(tag) == text


@pytest.mark.parametrize(
    "tag",
    ["nmae", "name_year", "name_no", "tick_measures_6", "tick_name_1", "family", "family_0_name",
     "family_1_nmae", "name_list", "continued_0_text"],
)  # fmt: skip
def test_a_name_that_no_field_has_means_nothing(tag: str, editions: Editions) -> None:
    with pytest.raises(KeyError):
        meaning(tag, editions["henan-2016"])


def test_a_continuation_sheet_counts_rows_from_its_own_first_line(editions: Editions) -> None:
    continued = (Continued("remarks", "备注", "很长"),)
    words = Words(editions["henan-2016"], 7, VALUES, {"family": 4}, {}, continued, sheet=2)
    shown = [
        words.text(tag) for tag in ("family_1_name", "sheet_number", "continued_1_label", "continued_1_text")
    ]
    assert shown == ["张九", "2", "备注", "很长"]
    assert words.text("continued_2_text") == ""


def test_a_value_that_moved_leaves_a_pointer(editions: Editions) -> None:
    words = Words(editions["henan-2016"], 7, VALUES, moved={"family.0.name": "见续页"})
    assert (words.text("family_1_name"), words.text("family_2_name")) == ("见续页", "张小五")


@pytest.mark.parametrize(
    "character", ["\0", "\x0b", "\f", "\a", "\x1f", "\x7f", "\ud800", "\ufffe", "\u202e"]
)
def test_a_character_that_no_sheet_can_show_is_refused_with_its_field(
    character: str, editions: Editions
) -> None:
    with pytest.raises(DocumentError) as refused:
        check_text({"family.1.employer": f"厂{character}"}, editions["henan-2016"], present_fonts())
    assert refused.value.code == "bad_character"
    assert refused.value.facts == {
        "field": "家庭主要成员2单位或学校",
        "path": "family.1.employer",
        "character": f"U+{ord(character):04X}",
    }


def test_a_character_that_no_font_draws_is_refused_with_its_field(editions: Editions) -> None:
    with pytest.raises(DocumentError) as refused:
        check_text({"name": "张\U000e9999"}, editions["henan-2016"], present_fonts())
    assert (refused.value.code, refused.value.facts["field"]) == ("no_glyph", "姓名")


def test_without_fonts_no_glyph_is_asked_for(editions: Editions) -> None:
    check_text({"name": "张\U000e9999"}, editions["henan-2016"], Fonts((), load_typefaces()))


@pytest.mark.parametrize("name", ["𬱖", "㛃䶮", "买买提·艾力", "多行\n备注"])
def test_rare_names_are_drawn(name: str, editions: Editions) -> None:
    check_text({"name": name}, editions["henan-2016"], present_fonts())


def test_marks_of_templates_are_broken_up_so_that_they_survive() -> None:
    assert "{_{" not in escaped("{_{ x }_}") and "%_}" not in escaped("{_% x %_}")
    assert escaped("A<B & C") == escape("A<B & C")
    assert escaped("a\r\nb\tc") == "a\nb c"


def test_a_path_is_called_by_its_labels(editions: Editions) -> None:
    assert label_of("family.2.name", editions["shaoxing-2010"]) == "家庭成员3姓名"
    assert label_of("remarks", editions["shaoxing-2010"]) == "备注"
