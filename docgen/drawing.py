"""How the built-in Word sheets are drawn: `*.sheet.toml` (millimetres, texts, tags) in, `.docx` out.

    python -m docgen.drawing            draws every sheet under templates/ anew

The .docx files are what a clerk edits and what documents are made from; this
only spares us from placing their cells by hand. Widths are exact (fixed
layout), heights a least, lines an exact pitch, so that Word, WPS and
LibreOffice break the page alike whatever fonts they have.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docgen.charts import EMU, place_members, place_relations, place_xml
from docgen.codes import PLACE, blank_picture
from docgen.drawing_lists import Feet, feet, spread
from docgen.fonts import Typefaces, load_typefaces
from records.editions import BUILT_IN

TWIPS = 1440 / 25.4
"""Twentieths of a point in a millimetre."""
PITCH = 1.2
"""Line pitch over type size; tight enough for 24 rows on a page, clear of every ascender."""
CELL_MARGIN = 0.7
"""Left and right margin of a cell, mm."""
INDENT = 0.8
"""How far from the cell's margin left-aligned text begins, mm."""
A4 = (210.0, 297.0)
FOOT = 5.01
"""How far a foot stands from the paper's edge where a sheet does not say, mm."""

NOTHING = (
    '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
    '<w:rPr><w:sz w:val="2"/><w:szCs w:val="2"/></w:rPr></w:pPr></w:p>'
)
"""The paragraph that must follow a table; a line of its own would begin an empty page below a full one."""

_TAG = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})")
_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Type:
    """A typeface, its size in points, the typeface of digits and Latin letters, and whether it is bold."""

    font: str
    size: float
    bold: bool = False
    latin: str | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """A cell placed on the table: left edge and right edge in twips, how it merges downwards."""

    cell: dict[str, Any]
    left: int
    right: int
    merge: str | None = None


def draw(sheet: Path, target: Path) -> None:
    """Draws one `*.sheet.toml` as a Word file."""
    data = tomllib.loads(sheet.read_text(encoding="utf-8"))
    plain = Type(**data["label"])
    foot = feet(data.get("foot"), plain.font, _DECLARED, _NAMESPACE, _OFFICE, _WORD_TYPE)
    document = _document(data, sheet.parent, foot)
    if data.get("prose"):
        # Figures that are called Chinese are broken at the end of a line, in cells as in sentences.
        document = document.replace('<w:lang w:val="zh-CN"', '<w:lang w:val="en-US"')
    tables = [part["chart"]["table"] for part in _parts(data, sheet.parent) if "chart" in part]
    _write(target, data["name"], document, plain, load_typefaces(sheet.parent.parent), foot, tables)


def main(roots: Iterable[Path] = (BUILT_IN,)) -> int:
    """Draws every sheet of the editions under these roots; returns how many."""
    sheets = [sheet for root in roots for sheet in sorted(root.glob("*/*.sheet.toml"))]
    for sheet in sheets:
        draw(sheet, sheet.with_name(sheet.name.replace(".sheet.toml", ".docx")))
    return len(sheets)


# --- the page -----------------------------------------------------------------


def _document(data: dict[str, Any], folder: Path, foot: Feet) -> str:
    width, height = A4 if data["orientation"] == "portrait" else A4[::-1]
    margins = data["margins"]
    room = width - margins["left"] - margins["right"]
    body = "".join(_part(spread(part, folder, room), data, room) for part in _parts(data, folder))
    body += NOTHING if body.endswith("</w:tbl>") else ""
    landscape = ' w:orient="landscape"' if width > height else ""
    edges = "".join(f' w:{side}="{_twips(margins[side])}"' for side in ("top", "right", "bottom", "left"))
    section = (
        f'<w:sectPr>{foot.named}<w:pgSz w:w="{_twips(width)}" w:h="{_twips(height)}"{landscape}/>'
        f'<w:pgMar{edges} w:header="284" w:footer="{_twips(data.get("foot_at", FOOT))}" w:gutter="0"/>'
        "</w:sectPr>"
    )
    drawings = _DRAWINGS if PLACE in body else f' xmlns:r="{_OFFICE}"' if foot.named else ""
    root = f'<w:document xmlns:w="{_NAMESPACE}"{drawings}>'
    return f"{_DECLARED}{root}<w:body>{body}{section}</w:body></w:document>"


def _parts(data: dict[str, Any], folder: Path) -> Iterator[dict[str, Any]]:
    for part in data["parts"]:
        if "include" in part:
            other = tomllib.loads((folder / f"{part['include']}.sheet.toml").read_text(encoding="utf-8"))
            yield from _parts(other, folder)
        else:
            yield part


def _part(part: dict[str, Any], data: dict[str, Any], room: float) -> str:
    if "rows" in part:
        return _table(list(_repeated(part["rows"])), data, room, part.get("pad", 0))
    if "chart" in part:
        return _chart(**part["chart"])
    runs = [(run["t"], Type(run["font"], run["size"], run.get("bold", False))) for run in part["runs"]]
    return _paragraph(
        runs, align=part.get("align", "left"), before=part.get("before", 0), after=part.get("after", 0),
        cut=part.get("cut", False), first=part.get("first", 0), left=part.get("left", 0),
        right=part.get("right", 0), line=part.get("line"), page=part.get("page", False),
        keep=part.get("keep", False), drawn=_code(part["code"]) if "code" in part else "",
    )  # fmt: skip


def _code(place: dict[str, Any]) -> str:
    """The place of a code: `size` mm a side, at the right margin, `up` mm over the top of its paragraph."""
    size, up = round(place["size"] * EMU), round(-place["up"] * EMU)
    frame = f'<a:off x="0" y="0"/><a:ext cx="{size}" cy="{size}"/>'
    picture = (
        f'<pic:pic><pic:nvPicPr><pic:cNvPr id="0" name="{PLACE}"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{_CODE_ID}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm>{frame}</a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
        "</pic:pic>"
    )
    return (
        '<w:r><w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" '
        'relativeHeight="1" behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1">'
        '<wp:simplePos x="0" y="0"/>'
        '<wp:positionH relativeFrom="margin"><wp:align>right</wp:align></wp:positionH>'
        f'<wp:positionV relativeFrom="paragraph"><wp:posOffset>{up}</wp:posOffset></wp:positionV>'
        f'<wp:extent cx="{size}" cy="{size}"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/>'
        f'<wp:docPr id="{_DRAWING_NUMBER}" name="{PLACE}" descr="{PLACE}"/><wp:cNvGraphicFramePr/>'
        f'<a:graphic><a:graphicData uri="{_PICTURE}">{picture}</a:graphicData></a:graphic>'
        "</wp:anchor></w:drawing></w:r>"
    )


def _chart(table: str, width: float, height: float) -> str:
    """A paragraph with the place of a chart, mm."""
    number = 1 + sum(map(ord, table))
    place = place_xml(table, width, height, number)
    return f'<w:p><w:pPr><w:keepNext/><w:jc w:val="center"/></w:pPr>{place}</w:p>'


# --- the table ----------------------------------------------------------------


def _table(rows: Sequence[dict[str, Any]], data: dict[str, Any], room: float, pad: float) -> str:
    placed = list(_place(rows, _twips(room)))
    edges = sorted({0, _twips(room)} | {box.right for boxes in placed for box in boxes})
    columns = "".join(f'<w:gridCol w:w="{right - left}"/>' for left, right in pairwise(edges))
    lines = "".join(_row(row, boxes, edges, data) for row, boxes in zip(rows, placed, strict=True))
    return f"<w:tbl>{_table_style(_twips(room), _twips(pad))}<w:tblGrid>{columns}</w:tblGrid>{lines}</w:tbl>"


def _repeated(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The rows, one that says `repeat` as often as that, with its number from 1 for each `#`."""
    for row in rows:
        if "repeat" not in row:
            yield row
        for number in range(1, row.get("repeat", 0) + 1):
            cells = [{**cell, "t": cell["t"].replace("#", str(number))} for cell in row["cells"]]
            yield {**row, "cells": cells}


def _place(rows: Sequence[dict[str, Any]], room: int) -> Iterator[list[Box]]:
    """Each row's cells from left to right, the continuations of merged cells among them."""
    reaching: dict[int, tuple[int, int]] = {}  # left edge → right edge, rows still covered
    for row in rows:
        boxes: list[Box] = []
        left = 0
        waiting = list(row["cells"])
        while left < room:
            if left in reaching:
                right, rest = reaching.pop(left)
                if rest > 1:
                    reaching[left] = (right, rest - 1)
                boxes.append(Box({"t": ""}, left, right, "continue"))
            else:
                cell = waiting.pop(0)
                right = left + _twips(cell["w"]) if "w" in cell else room
                down = cell.get("down", 1)
                if down > 1:
                    reaching[left] = (right, down - 1)
                boxes.append(Box(cell, left, right, "restart" if down > 1 else None))
            left = right
        if waiting or left > room:
            raise ValueError(f"a row does not fill the table: {row['cells']}")
        yield boxes


def _row(row: dict[str, Any], boxes: Sequence[Box], edges: Sequence[int], data: dict[str, Any]) -> str:
    height = _twips(row["height"])
    cells = "".join(_cell(box, edges, row["height"], data) for box in boxes)
    return (
        f'<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="{height}" w:hRule="atLeast"/>'
        f'{"<w:tblHeader/>" if row.get("head") else ""}<w:jc w:val="center"/></w:trPr>{cells}</w:tr>'
    )


def _cell(box: Box, edges: Sequence[int], height: float, data: dict[str, Any]) -> str:
    span = sum(box.left < edge <= box.right for edge in edges)
    spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    merged = {None: "", "restart": '<w:vMerge w:val="restart"/>', "continue": "<w:vMerge/>"}[box.merge]
    shape = box.cell.get("as", "centre")
    upright = "top" if shape in ("seal", "top") else "center"
    text = "".join(_lines(box.cell, shape, height, data))
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{box.right - box.left}" w:type="dxa"/>{spanned}{merged}'
        f'<w:vAlign w:val="{upright}"/></w:tcPr>{text}</w:tc>'
    )


def _lines(cell: dict[str, Any], shape: str, height: float, data: dict[str, Any]) -> Iterator[str]:
    label, value = (Type(**data[name]) for name in ("label", "value"))
    if "font" in cell:
        label, value = (replace(style, font=cell["font"], latin=None) for style in (label, value))
    if "size" in cell:
        label, value = (replace(style, size=cell["size"]) for style in (label, value))
    elif shape == "options":
        label = value = Type(label.font, label.size - 0.5)
    lines = cell["t"].split("\n")
    for number, line in enumerate(lines):
        runs = [(text, _type_of(text, label, value)) for text in _TAG.split(line) if text]
        if shape == "seal":
            yield _seal_line(runs, number, height, label)
        elif shape == "options":
            yield _paragraph(runs, align="left", left=INDENT, hanging=3.6, mark=label)
        elif shape in ("left", "top"):
            keep = cell.get("keep", False)
            yield _paragraph(runs, align="left", left=INDENT, right=INDENT, mark=value, keep=keep)
        else:
            yield _paragraph(runs, align="center", mark=value)


def _seal_line(runs: Sequence[tuple[str, Type]], number: int, height: float, label: Type) -> str:
    """First the name, top left; then the date, bottom right: between them the seal has a clear place."""
    if number == 0:
        return _paragraph(runs, align="left", before=2, left=2, mark=label)
    line = label.size * PITCH / 72 * 25.4
    return _paragraph(runs, align="right", before=height - 2 - 2 * line - 2.5, right=5, mark=label)


def _type_of(text: str, label: Type, value: Type) -> Type:
    if text.startswith(("{{ tick_", "{{tick_")):
        return Type(label.font, label.size, bold=True)
    return value if _TAG.fullmatch(text) else label


# --- the text -----------------------------------------------------------------


def _paragraph(
    runs: Sequence[tuple[str, Type]],
    *,
    align: str,
    before: float = 0,
    after: float = 0,
    left: float = 0,
    right: float = 0,
    hanging: float = 0,
    first: float = 0,
    cut: bool = False,
    line: float | None = None,
    page: bool = False,
    keep: bool = False,
    mark: Type | None = None,
    drawn: str = "",
) -> str:
    size = max((style.size for _, style in runs), default=mark.size if mark else 9)
    ruled = '<w:pBdr><w:top w:val="dashed" w:sz="6" w:space="4" w:color="808080"/></w:pBdr>' if cut else ""
    tabs = f'<w:tabs><w:tab w:val="left" w:pos="{_twips(left + hanging)}"/></w:tabs>' if hanging else ""
    indents = f'<w:ind w:left="{_twips(left + hanging)}" w:right="{_twips(right)}"'
    indents += f' w:hanging="{_twips(hanging)}"' if hanging else ""
    indents += f' w:firstLine="{_twips(first)}"/>' if first else "/>"
    broken = f"{'<w:keepNext/>' if keep else ''}{'<w:pageBreakBefore/>' if page else ''}"
    style = mark or runs[0][1]
    plain = '<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/><w:snapToGrid w:val="0"/>'
    return (
        f"<w:p><w:pPr>{broken}{ruled}{tabs}{plain}"
        f'<w:spacing w:before="{_twips(before)}" w:after="{_twips(after)}" '
        f'w:line="{round((line or size * PITCH) * 20)}" w:lineRule="exact"/>{indents}'
        f'<w:jc w:val="{align}"/><w:rPr>{_style(style)}</w:rPr></w:pPr>'
        f"{drawn}{''.join(_run(text, style) for text, style in runs)}</w:p>"
    )


def _run(text: str, style: Type) -> str:
    pieces = "<w:tab/>".join(
        f'<w:t xml:space="preserve">{escape(piece, quote=False)}</w:t>' if piece else ""
        for piece in text.split("\t")
    )
    return f"<w:r><w:rPr>{_style(style)}</w:rPr>{pieces}</w:r>"


def _style(style: Type) -> str:
    latin = style.latin or style.font
    names = f' w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{style.font}" w:cs="{latin}"'
    bold = "<w:b/>" if style.bold else ""
    size = round(style.size * 2)
    return (
        f'<w:rFonts w:hint="eastAsia"{names}/>{bold}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
        '<w:lang w:val="zh-CN" w:eastAsia="zh-CN"/>'
    )


def _twips(millimetres: float) -> int:
    return round(millimetres * TWIPS)


def _table_style(width: int, pad: int) -> str:
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>'
        for side, size in (
            ("top", 8), ("left", 8), ("bottom", 8), ("right", 8), ("insideH", 4), ("insideV", 4),
        )
    )  # fmt: skip
    margin = _twips(CELL_MARGIN)
    return (
        f'<w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:jc w:val="center"/>'
        f"<w:tblBorders>{lines}</w:tblBorders>"
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar><w:top w:w="{pad}" w:type="dxa"/><w:left w:w="{margin}" '
        f'w:type="dxa"/><w:bottom w:w="{pad}" w:type="dxa"/><w:right w:w="{margin}" w:type="dxa"/>'
        "</w:tblCellMar></w:tblPr>"
    )


# --- the file -----------------------------------------------------------------


def _write(
    target: Path,
    name: str,
    document: str,
    plain: Type,
    typefaces: Typefaces,
    foot: Feet,
    charts: Sequence[str],
) -> None:
    """The package, with the same bytes every time."""
    coded = PLACE in document
    types = _PNG if coded or charts else ""
    relations = f"{_CODE_RELATION if coded else ''}{place_relations(charts)}"
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": _CONTENT_TYPES.replace("<Override", f"{types}<Override", 1).replace(
            "</Types>", f"{foot.types}</Types>"
        ),
        "_rels/.rels": _RELATIONS,
        "docProps/core.xml": _CORE.format(title=escape(name)),
        "word/document.xml": document,
        "word/_rels/document.xml.rels": _DOCUMENT_RELATIONS.replace(
            "</Rel", f"{relations}{foot.relations}</Rel"
        ),
        "word/styles.xml": _STYLES.format(plain=_style(plain)),
        "word/settings.xml": _SETTINGS.replace("<w:char", f"{foot.settings}<w:char"),
        "word/fontTable.xml": _font_table(typefaces),
        **foot.members,
        **place_members(charts),
    }
    if coded:
        members["word/media/code.png"] = blank_picture()
    with ZipFile(target, "w") as package:
        for member, content in members.items():
            package.writestr(ZipInfo(member, _EPOCH), content, ZIP_DEFLATED)


def _font_table(typefaces: Typefaces) -> str:
    """Official names with what Word may know them by: newer Windows has FangSong without its _GB2312."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others[0]}"/><w:charset w:val="86"/>'
        '<w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>'
        for name, others in typefaces.stand_ins.items()
    )
    return f'{_DECLARED}<w:fonts xmlns:w="{_NAMESPACE}">{fonts}</w:fonts>'


_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_DRAWINGML = "http://schemas.openxmlformats.org/drawingml/2006"
_PICTURE = f"{_DRAWINGML}/picture"
_DRAWINGS = (
    f' xmlns:wp="{_DRAWINGML}/wordprocessingDrawing" xmlns:a="{_DRAWINGML}/main" xmlns:pic="{_PICTURE}" '
    f'xmlns:r="{_OFFICE}"'
)
_CODE_ID, _DRAWING_NUMBER = "rId4", 1000
_CODE_RELATION = f'<Relationship Id="{_CODE_ID}" Type="{_OFFICE}/image" Target="media/code.png"/>'
_PNG = '<Default Extension="png" ContentType="image/png"/>'
_CONTENT_TYPES = (
    f'{_DECLARED}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/docProps/core.xml" '
    'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_WORD_TYPE}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_WORD_TYPE}.styles+xml"/>'
    f'<Override PartName="/word/settings.xml" ContentType="{_WORD_TYPE}.settings+xml"/>'
    f'<Override PartName="/word/fontTable.xml" ContentType="{_WORD_TYPE}.fontTable+xml"/>'
    "</Types>"
)
_RELATIONS = (
    f'{_DECLARED}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
    f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" '
    'Target="docProps/core.xml"/></Relationships>'
)
_DOCUMENT_RELATIONS = (
    f'{_DECLARED}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/settings" Target="settings.xml"/>'
    f'<Relationship Id="rId3" Type="{_OFFICE}/fontTable" Target="fontTable.xml"/></Relationships>'
)
_CORE = (
    f'{_DECLARED}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title><dc:language>zh-CN</dc:language>'
    "</cp:coreProperties>"
)
_STYLES = (
    f'{_DECLARED}<w:styles xmlns:w="{_NAMESPACE}"><w:docDefaults><w:rPrDefault><w:rPr>'
    "{plain}"
    "</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
    '</w:style><w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
    '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style></w:styles>'
)
_SETTINGS = (
    f'{_DECLARED}<w:settings xmlns:w="{_NAMESPACE}"><w:characterSpacingControl w:val="doNotCompress"/>'
    '<w:compat><w:compatSetting w:name="compatibilityMode" '
    'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>'
)

if __name__ == "__main__":
    main([Path(root) for root in sys.argv[1:]] or [BUILT_IN])
