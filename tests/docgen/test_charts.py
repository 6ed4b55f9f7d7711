from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from docgen.charts import Place, charts, places
from docgen.drawing import draw
from docgen.fonts import present_fonts
from records.errors import TemplateBroken
from records.lines import Shown, Table

SHEET = """
name = "chart"
orientation = "portrait"
margins = { top = 20, right = 20, bottom = 20, left = 20 }
label = { font = "宋体", size = 9 }
value = { font = "仿宋_GB2312", size = 9 }
[[parts]]
chart = { table = "causes", width = 120, height = 50 }
"""
ROW = {"label": Shown("其他"), "households": Shown("3", Decimal(3)), "households_share": Shown("100.0")}


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    drawn = tmp_path / "chart.sheet.toml"
    drawn.write_text(SHEET, encoding="utf-8")
    draw(drawn, tmp_path / "chart.docx")
    return tmp_path / "chart.docx"


def test_a_sheet_says_where_charts_go_and_how_large(sheet: Path) -> None:
    assert places(sheet) == (Place("causes", "word/media/chart-causes.png", 120.0, 50.0),)


def test_a_chart_is_drawn_from_the_table_of_its_name(sheet: Path) -> None:
    drawn = charts(sheet, [Table("causes", "", (), (ROW,)), Table("other", "", (), ())], present_fonts())
    assert list(drawn) == ["word/media/chart-causes.png"]
    assert drawn["word/media/chart-causes.png"].startswith(b"\x89PNG")


def test_a_table_that_is_not_there_is_named(sheet: Path) -> None:
    with pytest.raises(TemplateBroken) as caught:
        charts(sheet, [], present_fonts())
    assert caught.value.facts["tag"] == "dangan-chart causes"
