"""What only the sheets of lists have: a table drawn from a roster's columns, and feet with page numbers."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_HEIGHTS = (9.0, 7.5)
"""Of a heading and of a row, mm, where a sheet does not say."""
PAD = 0.8
"""Above and below the text of a cell whose row grows with it, mm."""
_DASH = "—"


def spread(part: dict[str, Any], folder: Path, room: float) -> dict[str, Any]:
    """A part that names a roster, as the rows of its table; any other part as it is."""
    if "roster" not in part:
        return part
    data = tomllib.loads((folder / part["roster"]).read_text(encoding="utf-8"))
    name = part.get("table", "rows")
    columns = data["columns"] if name == "rows" and "columns" in data else data["tables"][name]["columns"]
    share = room / sum(column["width"] for column in columns)
    heads = [_cell(column["head"], column, share, part, "centre") for column in columns]
    texts = [_cell(_tag(one), one, share, part, one.get("align", "centre")) for one in columns]
    for last in (heads[-1], texts[-1]):
        del last["w"]
    first, other = part.get("heights", _HEIGHTS)
    loop = {"height": other, "cells": [{"t": f"{{%tr for row in {name} %}}"}]}
    end = {"height": other, "cells": [{"t": "{%tr endfor %}"}]}
    rows = [{"height": first, "cells": heads, "head": True}, loop, {"height": other, "cells": texts}, end]
    return {"rows": rows, "pad": PAD}


def _tag(column: Mapping[str, Any]) -> str:
    ending = "_code" if column.get("coded") else ""
    return f"{{{{ row.{column['key']}{ending} }}}}"


def _cell(
    text: str, column: Mapping[str, Any], share: float, part: Mapping[str, Any], shape: str
) -> dict[str, Any]:
    size = {"size": part["size"]} if "size" in part else {}
    return {"t": text, "w": column["width"] * share, "as": shape, **size}


# --- feet ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Feet:
    """The parts that feet add to a package, and what other parts must say of them."""

    members: Mapping[str, str]
    types: str
    relations: str
    named: str
    settings: str


def feet(how: str | None, font: str, declared: str, namespace: str, office: str, word_type: str) -> Feet:
    """The feet of a sheet: `dashes` as GB/T 9704 has them (right and left by turns), `count` of how many."""
    bodies: dict[str, str] = {}
    if how == "dashes":
        bodies = {"default": _dashes("right", font), "even": _dashes("left", font)}
    elif how == "count":
        bodies = {"default": _count(font)}
    return Feet(
        members={
            f"word/footer-{kind}.xml": f'{declared}<w:ftr xmlns:w="{namespace}">{body}</w:ftr>'
            for kind, body in bodies.items()
        },
        types="".join(
            f'<Override PartName="/word/footer-{kind}.xml" ContentType="{word_type}.footer+xml"/>'
            for kind in bodies
        ),
        relations="".join(
            f'<Relationship Id="foot-{kind}" Type="{office}/footer" Target="footer-{kind}.xml"/>'
            for kind in bodies
        ),
        named="".join(f'<w:footerReference w:type="{kind}" r:id="foot-{kind}"/>' for kind in bodies),
        settings="<w:evenAndOddHeaders/>" if len(bodies) > 1 else "",
    )


def _dashes(side: str, font: str) -> str:
    """`— 1 —`, one character from the outer edge, in the size of official papers."""
    style = _style(font, 28)
    runs = f"{_text(_DASH + ' ', style)}{_field('PAGE', style)}{_text(' ' + _DASH, style)}"
    return f'<w:p><w:pPr><w:ind w:{side}="280"/><w:jc w:val="{side}"/></w:pPr>{runs}</w:p>'


def _count(font: str) -> str:
    """`1 / 3`, in the middle."""
    style = _style(font, 18)
    runs = f"{_field('PAGE', style)}{_text(' / ', style)}{_field('NUMPAGES', style)}"
    return f'<w:p><w:pPr><w:jc w:val="center"/></w:pPr>{runs}</w:p>'


def _style(font: str, size: int) -> str:
    names = "".join(f' w:{script}="{font}"' for script in ("ascii", "hAnsi", "eastAsia", "cs"))
    return f'<w:rPr><w:rFonts{names}/><w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>'


def _text(text: str, style: str) -> str:
    return f'<w:r>{style}<w:t xml:space="preserve">{text}</w:t></w:r>'


def _field(name: str, style: str) -> str:
    return f'<w:fldSimple w:instr=" {name} "><w:r>{style}<w:t>1</w:t></w:r></w:fldSimple>'
