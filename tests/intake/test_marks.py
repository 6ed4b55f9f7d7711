from __future__ import annotations

import pytest

from intake.marks import chosen
from records.editions import Edition

FIRST, SECOND, THIRD = "就业创业发展", "纳入社保制度覆盖", "纳入大病保险和医疗互助保险保障"
LISTED = (
    "1.就业创业发展\n2.纳入社保制度覆盖\n3.纳入大病保险和医疗互助保险保障\n4.社会救助兜底\n5.其他（注明）"
)


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        (LISTED, ()),
        (LISTED.replace("2.", "√2."), (SECOND,)),
        (LISTED.replace("2.", "√2 ."), (SECOND,)),
        (LISTED.replace("覆盖", "覆盖 √").replace("发展", "发展√"), (FIRST, SECOND)),
        (LISTED.replace("保险保障", "保险保\n障√").replace("发展", "发展 √"), (FIRST, THIRD)),
        (LISTED.replace("保障\n", "保障\n√\n").replace("发展", "发展 √"), (FIRST, THIRD)),
        (LISTED.replace("\n", " ").replace("发展", "发展 √").replace("保障", "保障√"), (FIRST, THIRD)),
        (LISTED.replace("\n", "；").replace("；3", "； √3"), (THIRD,)),
        ("□" + LISTED.replace("\n", "\n□").replace("□2", "√2"), (SECOND,)),
        (LISTED.replace("\n", " □\n").replace("覆盖 □", "覆盖 √"), (SECOND,)),
        (LISTED.replace("1.", "①").replace("3.", "③"), (FIRST, THIRD)),
        ("①就业创业发展 ②纳入社保制度覆盖 ③纳入大病保险和医疗互助保险保障 ④社会救助兜底 ⑤其他", ()),
        (LISTED.replace("纳入社保制度覆盖", "纳人社保制度覆盖√"), (SECOND,)),
    ],
)
def test_marks_choose_the_options_beside_them(text: str, entries: tuple[str, ...], henan: Edition) -> None:
    marked = chosen(text, henan.field("measures"))
    assert marked.chosen == entries
    assert not marked.unclear


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("√是    否", "是"),
        ("是√ 否", "是"),
        ("是 √否", "否"),
        ("是    否√", "否"),
        ("√是 □否", "是"),
        ("□是 √否", "否"),
        ("是□ 否√", "否"),
        ("是", "是"),
        ("是    否", None),
        ("□是 □否", None),
    ],
)
def test_yes_and_no_are_told_apart(text: str, entry: str | None, henan: Edition) -> None:
    marked = chosen(text, henan.field("is_target"))
    assert marked.chosen == ((entry,) if entry else ())
    assert not marked.unclear


@pytest.mark.parametrize("text", ["是√否", LISTED.replace("\n", "").replace("发展", "发展√")])
def test_a_mark_between_two_options_is_unclear(text: str, henan: Edition) -> None:
    field = henan.field("is_target" if text.startswith("是") else "measures")
    assert chosen(text, field).unclear


@pytest.mark.parametrize(
    "text",
    [
        LISTED.replace("5.其他（注明）", "√5.其他（注明）：房屋修缮"),
        LISTED.replace("5.其他（注明）", "√5.其他（注明房屋修缮）"),
        LISTED.replace("5.其他（注明）", "√5.其他（房屋修缮）"),
        LISTED.replace("5.其他（注明）", "5.其他（注明）房屋修缮 √"),
        LISTED.replace("5.其他（注明）", "√5.其他：房屋修缮"),
    ],
)
def test_what_is_written_behind_other_is_kept(text: str, henan: Edition) -> None:
    marked = chosen(text, henan.field("measures"))
    assert marked.chosen == ("其他",)
    assert marked.other == "房屋修缮"
