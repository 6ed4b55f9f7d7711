"""Charts in sheets: a Word sheet with places for charts and the tables to draw in, pictures by member out.

A place is a picture named `dangan-chart <table>`; the chart is drawn anew at the
size that the picture has in the sheet, so that whoever edits it in Word decides.
"""

from __future__ import annotations

import io
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

from lxml import etree
from PIL import Image

from docgen.chart import Bar, bar_chart
from docgen.fonts import Fonts
from records.errors import TemplateBroken
from records.lines import Row, Table

PLACE = "dangan-chart"
EMU = 36_000
"""Units of drawings in a millimetre."""
SIZE = 10.5
_ANY = ""
"""No official name: any typeface with Chinese shapes."""
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MEMBER, _RELATIONS = "word/document.xml", "word/_rels/document.xml.rels"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a chart goes: the table that it shows, the picture's member, its size in mm."""

    table: str
    member: str
    width: float
    height: float


def charts(sheet: Path, tables: Sequence[Table], fonts: Fonts) -> dict[str, bytes]:
    """The pictures of a sheet's charts by member. Raises TemplateBroken for a table that is not there."""
    by_name = {table.name: table for table in tables}
    drawn = {}
    for place in places(sheet):
        if place.table not in by_name:
            raise TemplateBroken("unknown_tag", file=sheet.name, tag=f"{PLACE} {place.table}")
        bars = [_bar(row) for row in by_name[place.table].rows]
        size = {"width": place.width, "height": place.height}
        drawn[place.member] = bar_chart(bars, fonts, font=_ANY, size=SIZE, **size)
    return drawn


def places(sheet: Path) -> tuple[Place, ...]:
    """The places for charts in a Word sheet."""
    with ZipFile(sheet) as package:
        if _RELATIONS not in package.namelist():
            return ()
        body = etree.fromstring(package.read(_MEMBER))
        relations = etree.fromstring(package.read(_RELATIONS))
    targets = {str(one.get("Id")): str(one.get("Target")) for one in relations}
    return tuple(_places(body, targets))


def _places(body: etree._Element, targets: Mapping[str, str]) -> Iterator[Place]:
    for named in body.iter(f"{{{_DRAWING}/wordprocessingDrawing}}docPr"):
        name, _, table = str(named.get("name")).partition(" ")
        frame = named.getparent()
        for blip in frame.iter(f"{{{_DRAWING}/main}}blip") if name == PLACE else ():
            extent = frame.find(f"{{{_DRAWING}/wordprocessingDrawing}}extent")
            width, height = (int(extent.get(side)) / EMU for side in ("cx", "cy"))
            target = targets[blip.get(f"{{{_OFFICE}}}embed")]
            member = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"word/{target}")
            yield Place(table, member, width, height)


def _bar(row: Row) -> Bar:
    households = row["households"]
    return Bar(
        row["label"].text, int(households.number or 0), f"{households.text} ({row['households_share'].text}%)"
    )


# --- drawing the places -----------------------------------------------------------


def place_xml(table: str, width: float, height: float, number: int) -> str:
    """A place for a chart as a run of its own in a paragraph of a sheet."""
    size = f'cx="{round(width * EMU)}" cy="{round(height * EMU)}"'
    picture = (
        f'<pic:pic xmlns:pic="{_DRAWING}/picture"><pic:nvPicPr><pic:cNvPr id="{number}" name="{PLACE}"/>'
        f'<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip xmlns:r="{_OFFICE}" r:embed="chart-{table}"/>'
        "<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm>"
        f'<a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        "</pic:spPr></pic:pic>"
    )
    return (
        f'<w:r><w:drawing><wp:inline xmlns:wp="{_DRAWING}/wordprocessingDrawing" distT="0" distB="0" '
        f'distL="0" distR="0"><wp:extent {size}/><wp:docPr id="{number}" name="{PLACE} {table}"/>'
        f'<wp:cNvGraphicFramePr/><a:graphic xmlns:a="{_DRAWING}/main">'
        f'<a:graphicData uri="{_DRAWING}/picture">{picture}</a:graphicData></a:graphic></wp:inline>'
        "</w:drawing></w:r>"
    )


def place_members(tables: Sequence[str]) -> dict[str, bytes]:
    """What stands in a sheet that is not filled: a white picture for each chart."""
    return {f"word/{_file(table)}": _white() for table in tables}


def place_relations(tables: Sequence[str]) -> str:
    """How a sheet's document is related to the pictures of its charts."""
    return "".join(
        f'<Relationship Id="chart-{table}" Type="{_OFFICE}/image" Target="{_file(table)}"/>'
        for table in tables
    )


def _file(table: str) -> str:
    return f"media/chart-{table}.png"


def _white() -> bytes:
    saved = io.BytesIO()
    Image.new("L", (8, 8), 255).save(saved, "PNG")
    return saved.getvalue()
