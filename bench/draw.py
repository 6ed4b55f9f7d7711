"""Draws filled forms: `python -m bench.draw OUT --count N --seed S`.

Invented households go through the editions' own Word sheets and LibreOffice;
each page is worn in one way and written as a picture beside its truth.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

import cv2
import numpy as np

from bench.people import household
from bench.wear import DPI, WEAR, Picture
from docgen.documents import make
from docgen.office import Office
from docgen.picture import pages
from records.archive import Record
from records.editions import Edition, load_editions
from records.errors import Overflow
from records.values import Values, row_count, row_path, to_plain

_WHEN = datetime(2016, 10, 1, tzinfo=UTC)
_SHEET = "archive"
_VALUE_FONT = "仿宋_GB2312"
_PEN_ODDS = 0.35


@dataclass(frozen=True, slots=True)
class Style:
    """How a form is filled in: typeface of the values, and whether a hand makes it uneven."""

    name: str
    font: str
    hand: bool = False


STYLES = (
    Style("serif", "Noto Serif CJK SC"),
    Style("sans", "Noto Sans CJK SC"),
    Style("ming", "AR PL UMing CN"),
    Style("wenkai", "LXGW WenKai"),
    Style("pen_wenkai", "LXGW WenKai", hand=True),
    Style("pen_kai", "AR PL UKai CN", hand=True),
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A form that was drawn: who fills it how, what it is to suffer, and its truth."""

    stem: str
    edition: Edition
    values: Values
    style: Style
    wear: str


def planned(count: int, seed: int, only: Sequence[str] = ()) -> Iterator[Drawn]:
    """What to draw: editions and wear take turns, people and styles come by chance."""
    editions = list(load_editions())
    kinds = list(only or WEAR)
    for number in range(count):
        random = Random(seed * 100_003 + number)
        edition = editions[number % len(editions)]
        wear = kinds[(number // len(editions) + number % len(editions) * 5) % len(kinds)]
        style = random.choice(
            [style for style in STYLES if style.hand == (random.random() < _PEN_ODDS)] or STYLES[:1]
        )
        yield Drawn(
            f"{number:03d}-{edition.key}-{style.name}-{wear}",
            edition,
            household(edition, random),
            style,
            wear,
        )


def draw(plan: Sequence[Drawn], out: Path, seed: int) -> None:
    """Draws every form of a plan into `out`: a picture and its truth."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        words = [_word(drawn, Path(name), seed + place) for place, drawn in enumerate(plan)]
        for place, (drawn, pdf) in enumerate(zip(plan, _printed(words, Path(name)), strict=True)):
            if not pdf.is_file():
                continue
            chance = np.random.default_rng([seed, place])
            clean = _inked(np.asarray(next(pages(pdf, DPI)))[..., ::-1], drawn.style, chance)
            worn = WEAR[drawn.wear](clean, chance)
            cv2.imwrite(str(out / f"{drawn.stem}.jpg"), worn, [cv2.IMWRITE_JPEG_QUALITY, 90])
            truth = json.dumps(truth_of(drawn), ensure_ascii=False, indent=1)
            (out / f"{drawn.stem}.json").write_text(truth, encoding="utf-8")


def truth_of(drawn: Drawn) -> dict[str, object]:
    """The truth beside a picture, in the shape of the samples."""
    fields: dict[str, object] = {}
    for asked in drawn.edition.on_paper:
        if not asked.is_rows:
            fields[asked.key] = to_plain(drawn.values[asked.key])
            continue
        rows = range(row_count(asked.key, drawn.values))
        fields[asked.key] = [
            {one.key: to_plain(drawn.values[row_path(asked.key, row, one.key)]) for one in asked.fields}
            for row in rows
        ]
    style = {"style": drawn.style.name, "profile": drawn.wear, "hand": drawn.style.hand}
    return {"edition": drawn.edition.key, "fields": fields, **style}


def _printed(words: Sequence[Path], folder: Path) -> list[Path]:
    """The PDF of each; one that spills over its page in another typeface is left out."""
    program = shutil.which("soffice")
    (folder / "pdf").mkdir()
    with suppress(Overflow):
        Office(Path(program) if program else None).to_pdf(words, folder / "pdf")
    return [folder / "pdf" / f"{word.stem}.pdf" for word in words]


def _word(drawn: Drawn, folder: Path, seed: int) -> Path:
    """The filled Word file, values in blue so that the ink can be told from the print."""
    record = Record(seed, drawn.edition.key, drawn.values, _WHEN, _WHEN, 1)
    made = make(_SHEET, record, drawn.edition, folder / drawn.stem)[0]
    target = folder / f"{drawn.stem}.docx"
    with ZipFile(made) as package, ZipFile(target, "w", ZIP_DEFLATED) as written:
        for member in package.namelist():
            content = package.read(member)
            if member == "word/document.xml":
                text = _other_labels(content.decode("utf-8"), drawn.edition, Random(seed))
                content = _in_blue(_other_dates(text, Random(seed)), drawn.style.font).encode("utf-8")
            written.writestr(member, content)
    return target


def _in_blue(document: str, font: str) -> str:
    scripts = " ".join(f'w:{script}="{font}"' for script in ("ascii", "hAnsi", "eastAsia", "cs"))
    named = f'<w:rFonts {scripts}/><w:color w:val="0000FF"/>'
    return re.sub(rf'<w:rFonts [^>]*w:eastAsia="{_VALUE_FONT}"[^>]*/>', named, document)


def _other_labels(document: str, edition: Edition, random: Random) -> str:
    """Some labels as another office would type them."""
    for asked in edition.on_paper:
        others = [
            alias for alias in asked.aliases if abs(len(alias) - len(asked.label)) <= 1 and " " not in alias
        ]
        if others and random.random() < 0.25:
            document = re.sub(
                rf"(>\*?){re.escape(asked.label)}(\*?<)", rf"\g<1>{random.choice(others)}\g<2>", document
            )
    return document


def _other_dates(document: str, random: Random) -> str:
    """Dates as somebody else would write them."""
    year, month, day = random.choice((("-", "-", ""), (".", ".", ""), ("年", "月", "日")))
    last = month if day else ""
    document = re.sub(r">(\d{4})-(\d\d)-(\d\d)<", rf">\g<1>{year}\g<2>{month}\g<3>{day}<", document)
    return re.sub(r">(\d{4})-(\d\d)<", rf">\g<1>{year}\g<2>{last}<", document)


def _inked(page: Picture, style: Style, chance: np.random.Generator) -> Picture:
    """The printed page with its blue values in the ink of a pen or a printer."""
    blue, red = page[..., 0], page[..., 2]
    ink = cv2.subtract(blue, red).astype(np.float32) / 255
    if not style.hand:
        return cv2.merge([red, red, red])
    uneven = _by_hand(ink, chance)
    colour = np.array(((35, 30, 30), (120, 50, 30), (150, 70, 40))[int(chance.integers(3))], np.float32)
    printed = cv2.merge([blue, blue, blue]).astype(np.float32)
    mixed: Picture = printed * (1 - uneven[..., None]) + colour * uneven[..., None]
    return np.clip(mixed, 0, 255).astype(np.uint8)


def _by_hand(ink: Picture, chance: np.random.Generator) -> Picture:
    """Strokes that waver, lean and press unevenly."""
    height, width = ink.shape
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    for size, reach in ((14, 2.4), (55, 5.0)):
        x += _wavering(ink.shape, size, chance) * reach
        y += _wavering(ink.shape, size, chance) * reach
    moved = cv2.remap(ink, x, y, cv2.INTER_LINEAR)
    thick = cv2.dilate(moved, np.ones((2, 2), np.uint8))
    pressure = _wavering(ink.shape, 40, chance) * 0.5 + 0.5
    strokes: Picture = (moved * (1 - pressure) + thick * pressure) * (0.8 + 0.2 * pressure)
    return strokes


def _wavering(shape: tuple[int, ...], size: int, chance: np.random.Generator) -> Picture:
    """Smooth noise from -1 to 1 whose waves are `size` pixels wide."""
    coarse = chance.uniform(-1, 1, (shape[0] // size + 2, shape[1] // size + 2)).astype(np.float32)
    return cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC).clip(-1, 1)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bench.draw", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=2 * len(WEAR))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=(), choices=[*WEAR], help="these kinds of wear alone")
    asked = parser.parse_args(arguments)
    draw(list(planned(asked.count, asked.seed, asked.only)), asked.out, asked.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
