from __future__ import annotations

from pathlib import Path

import pytest

from docgen.fonts import Face, Fonts, load_typefaces, present_fonts


@pytest.mark.parametrize("name", ["宋体", "黑体", "仿宋_GB2312", "楷体_GB2312", "Calibri Of Nowhere"])
def test_every_name_has_a_stand_in_that_is_present_and_chinese(name: str) -> None:
    face = present_fonts().face(name)
    assert face is not None and face.file.is_file()
    assert not face.family.endswith(("JP", "KR", "TC", "HK", "TW"))
    assert all(face.covers(character) for character in "困难职工档案表√□（）“”、。：0123456789X")


def test_a_character_that_the_stand_in_lacks_is_drawn_by_another() -> None:
    lacking = Face("Sung", ("宋体",), Path("sung.ttf"), 0, ((0x4E00, 0x9FFF),))
    rich = Face("Noto Serif CJK SC", ("Noto Serif CJK SC",), Path("noto.ttc"), 2, ((0x3400, 0x2FFFF),))
    foreign = Face("Gothic JP", ("Gothic JP",), Path("jp.ttc"), 0, ((0, 0x10FFFF),))
    fonts = Fonts((foreign, lacking, rich), load_typefaces())
    assert fonts.face_for("张", "宋体") == lacking
    assert fonts.face_for("㛃", "宋体") == rich
    assert fonts.face_for("\U000e9999", "宋体") is None


@pytest.mark.parametrize("name", ["宋体", "黑体", "仿宋_GB2312", "楷体_GB2312"])
def test_chinese_quotation_marks_take_the_room_of_a_character(name: str) -> None:
    fonts = present_fonts()
    for mark in "“”‘’":
        face = fonts.face_for(mark, name)
        assert face is not None and face.covers(mark)
        assert fonts.width(mark, name, 10) == pytest.approx(10, abs=0.5)
    assert fonts.width("“困难”", name, 10) == pytest.approx(40, abs=1)


def test_a_width_grows_with_the_text_and_the_size() -> None:
    fonts = present_fonts()
    assert fonts.width("困难", "宋体", 10) == pytest.approx(20, abs=0.5)
    assert fonts.width("困难", "宋体", 20) == pytest.approx(2 * fonts.width("困难", "宋体", 10), abs=0.1)
    assert 4 < fonts.width("0", "仿宋_GB2312", 10) < 7


def test_without_any_font_widths_are_estimated_on_the_safe_side() -> None:
    none = Fonts((), load_typefaces())
    assert none.face("宋体") is None
    assert none.width("困难18", "宋体", 10) >= 30
