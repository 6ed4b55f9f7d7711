"""Draws filled forms: `python -m bench.draw OUT --count N --seed S`.

Invented households go through the editions' own Word sheets, or through sheets
that an office retyped, and through LibreOffice; each page is worn in one way
and written as a picture beside its truth.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

import cv2
import numpy as np
import pypdfium2

from bench.hands import RINGED, TICK, TICKED, Style, inked, installed, mark, undrawn
from bench.people import household
from bench.retype import VALUE_FONT, Piece, Retyped, retyped
from bench.typefaces import use_typefaces
from bench.wear import DPI, WEAR
from docgen.documents import make
from docgen.drawing import draw as draw_sheet
from docgen.office import Office, sections
from docgen.picture import pages
from records.archive import Record
from records.editions import Edition, load_editions
from records.errors import Overflow
from records.values import Values, row_count, row_path, to_plain

_WHEN = datetime(2016, 10, 1, tzinfo=UTC)
_SHEET = "archive"
_PEN_ODDS = 0.35
_TRIES = 12
_BLUE = "0000FF"
_SIGNS = "Noto Sans CJK SC"
_MARKS = {"ringed": RINGED, "ticked": TICKED, "tick": TICK}
_TAG_RUN = (
    r"<w:r><w:rPr>(?P<fonts><w:rFonts [^>]*/>)(?:<w:b/>)?(?P<size>(?:(?!</w:rPr>).)*)</w:rPr>"
    r"<w:t[^>]*>\{\{ (?P<tag>v\d+) \}\}</w:t></w:r>"
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A form to be drawn: who fills it how, what it is to suffer, and the seed of all its chances."""

    stem: str
    edition: Edition
    style: Style
    wear: str
    seed: int
    retype: bool = False

    @property
    def values(self) -> Values:
        """The household that fills it in."""
        return household(self.edition, Random(self.seed))

    @property
    def retyped(self) -> Retyped | None:
        """The sheet of an office that typed its form anew; None for the edition's own."""
        return retyped(self.edition, self.values, self.style, Random(self.seed)) if self.retype else None


def planned(
    count: int, seed: int, only: Sequence[str] = (), hands: Sequence[Style] = (), retype: bool = False
) -> Iterator[Drawn]:
    """What to draw: editions and wear take turns, people and hands come by chance."""
    editions = list(load_editions())
    kinds = list(only or WEAR)
    styles = list(hands or installed())
    for number in range(count):
        random = Random(seed * 100_003 + number)
        edition = editions[number % len(editions)]
        wear = kinds[(number // len(editions) + number % len(editions) * 5) % len(kinds)]
        pen = random.random() < _PEN_ODDS
        style = random.choice([style for style in styles if style.hand == pen] or styles)
        stem = f"{number:03d}-{edition.key}-{style.stem}-{wear}"
        yield Drawn(stem, edition, style, wear, random.randrange(10**9), retype)


def draw(plan: Sequence[Drawn], out: Path) -> None:
    """Draws every form of a plan into `out`: a picture and its truth.

    A form that spills over its page, or whose hand cannot write a character of
    it, is drawn with other people.
    """
    out.mkdir(parents=True, exist_ok=True)
    waiting = list(plan)
    for _ in range(_TRIES):
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            printed = _printed(waiting, Path(name))
            done = {drawn.stem for drawn, pdf in printed if _keep(drawn, pdf, out)}
        waiting = [replace(drawn, seed=drawn.seed + 1) for drawn in waiting if drawn.stem not in done]
    for drawn in waiting:
        print(f"not drawn: {drawn.stem}", file=sys.stderr)


def _keep(drawn: Drawn, pdf: Path, out: Path) -> bool:
    """Writes the worn picture and its truth; False when a mark did not come onto the page."""
    chance = np.random.default_rng(drawn.seed)
    page, marks = mark(np.asarray(next(pages(pdf, DPI)))[..., ::-1], chance)
    form = drawn.retyped
    if form is not None and marks != sum(piece.how in _MARKS for piece in form.pieces.values()):
        return False
    worn = WEAR[drawn.wear](inked(page, drawn.style, chance), chance)
    cv2.imwrite(str(out / f"{drawn.stem}.jpg"), worn, [cv2.IMWRITE_JPEG_QUALITY, 90])
    truth = json.dumps(truth_of(drawn), ensure_ascii=False, indent=1)
    (out / f"{drawn.stem}.json").write_text(truth, encoding="utf-8")
    return True


def truth_of(drawn: Drawn) -> dict[str, object]:
    """The truth beside a picture, in the shape of the samples: what the sheet asks, no more."""
    fields: dict[str, object] = {}
    values, form = drawn.values, drawn.retyped
    for asked in drawn.edition.on_paper:
        if form is not None and asked.key not in form.asked:
            continue
        if not asked.is_rows:
            fields[asked.key] = to_plain(values[asked.key])
            continue
        columns = [one.key for one in asked.fields if form is None or f"{asked.key}.{one.key}" in form.asked]
        fields[asked.key] = [
            {key: to_plain(values[row_path(asked.key, row, key)]) for key in columns}
            for row in range(row_count(asked.key, values))
        ]
    style = drawn.style
    told: dict[str, object] = {
        "style": style.name,
        "profile": drawn.wear,
        "hand": style.hand,
        "warped": style.warped,
    }
    if style.traditional:
        told["unscored"] = ["text"]
    return {"edition": drawn.edition.key, "fields": fields, **told, **(form.habits if form else {})}


def _printed(plan: Sequence[Drawn], folder: Path) -> Iterator[tuple[Drawn, Path]]:
    """The PDF of each form that came out whole on one page."""
    program = shutil.which("soffice")
    words = [(drawn, word) for drawn in plan if (word := _word(drawn, folder)) is not None]
    (folder / "pdf").mkdir()
    with suppress(Overflow):
        Office(Path(program) if program else None).to_pdf([word for _, word in words], folder / "pdf")
    for drawn, word in words:
        pdf = folder / "pdf" / f"{word.stem}.pdf"
        if pdf.is_file() and _shows(pdf, word):
            yield drawn, pdf


def _word(drawn: Drawn, folder: Path) -> Path | None:
    """The filled Word file, values in blue so that the ink can be told from the print.

    None where the hand lacks a character, or the form does not hold everything.
    """
    word = _own_sheet(drawn, folder) if drawn.retype else _edition_sheet(drawn, folder)
    return word if word is not None and not undrawn(drawn.style, _blue_text(word)) else None


def _edition_sheet(drawn: Drawn, folder: Path) -> Path | None:
    record = Record(1, drawn.edition.key, drawn.values, _WHEN, _WHEN, 1)
    made = make(_SHEET, record, drawn.edition, folder / drawn.stem)[0]
    if sections(made) > 1:
        return None
    random = Random(drawn.seed)

    def changed(document: str) -> str:
        return _in_blue(_other_dates(_other_labels(document, drawn.edition, random), random), drawn.style)

    return _rewritten(made, folder / f"{drawn.stem}.docx", changed)


def _own_sheet(drawn: Drawn, folder: Path) -> Path | None:
    form = drawn.retyped
    if form is None:
        return None
    sheet = folder / "sheets" / drawn.stem / "own.sheet.toml"
    sheet.parent.mkdir(parents=True)
    sheet.write_text(
        "".join(f"{key} = {_toml(value)}\n" for key, value in form.sheet.items()), encoding="utf-8"
    )
    blank = sheet.with_name("own.docx")
    draw_sheet(sheet, blank)
    typed = not drawn.style.hand and drawn.seed % 2 == 0

    def filled(document: str) -> str:
        tagged = re.sub(_TAG_RUN, lambda run: _piece(form.pieces[run["tag"]], run, typed), document)
        return _in_blue(tagged, drawn.style)

    return _rewritten(blank, folder / f"{drawn.stem}.docx", filled)


def _piece(piece: Piece, run: re.Match[str], typed: bool) -> str:
    """A tag's run with what comes there, in the colour that says how."""
    fonts, size = run["fonts"], run["size"]
    if piece.how == "struck":
        fonts += "<w:dstrike/>" if typed else "<w:strike/>"
    elif piece.how != "written":
        fonts = f'<w:rFonts w:ascii="{_SIGNS}" w:hAnsi="{_SIGNS}" w:eastAsia="{_SIGNS}" w:cs="{_SIGNS}"/>'
        fonts += f'<w:color w:val="{_MARKS[piece.how]}"/>'
    return f'<w:r><w:rPr>{fonts}{size}</w:rPr><w:t xml:space="preserve">{escape(piece.text)}</w:t></w:r>'


def _toml(value: object) -> str:
    """A value of a sheet's description, as TOML writes it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _rewritten(word: Path, target: Path, change: Callable[[str], str]) -> Path:
    with ZipFile(word) as package, ZipFile(target, "w", ZIP_DEFLATED) as written:
        for member in package.namelist():
            content = package.read(member)
            if member == "word/document.xml":
                content = change(content.decode("utf-8")).encode("utf-8")
            written.writestr(member, content)
    return target


def _shows(pdf: Path, word: Path) -> bool:
    """Whether every character that was written stands on the page."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = unicodedata.normalize("NFKC", document[0].get_textpage().get_text_range())
    missing = Counter("".join(unicodedata.normalize("NFKC", _blue_text(word)).split()))
    missing.subtract(Counter(page))
    return max(missing.values(), default=0) <= 0


def _blue_text(word: Path) -> str:
    with ZipFile(word) as package:
        document = package.read("word/document.xml").decode("utf-8")
    runs = re.findall(r"<w:r>.*?</w:r>|<w:r .*?</w:r>", document, re.DOTALL)
    texts = [text for run in runs if _BLUE in run for text in re.findall(r"<w:t[^>]*>([^<]*)</w:t>", run)]
    return "".join(texts)


def _in_blue(document: str, style: Style) -> str:
    named = "".join(
        f' w:{script}="{font}"'
        for script, font in (
            ("ascii", style.digits), ("hAnsi", style.digits), ("eastAsia", style.font), ("cs", style.digits),
        )
    )  # fmt: skip
    blue = f'<w:rFonts{named}/><w:color w:val="{_BLUE}"/>'
    written = re.sub(rf'<w:rFonts [^>]*w:eastAsia="{VALUE_FONT}"[^>]*/>', blue, document)
    return re.sub(r"<w:p>.*?</w:p>", lambda found: _scaled(found[0], style.scale), written, flags=re.DOTALL)


def _scaled(paragraph: str, scale: float) -> str:
    """A paragraph whose blue runs, and the lines that hold them, are taller."""
    if scale == 1 or _BLUE not in paragraph:
        return paragraph
    taller = re.sub(
        rf'(<w:color w:val="{_BLUE}"/>(?:<w:b/>)?<w:sz w:val=")(\d+)("/><w:szCs w:val=")\d+',
        lambda found: f"{found[1]}{_grown(found[2], scale)}{found[3]}{_grown(found[2], scale)}",
        paragraph,
    )
    return re.sub(r'(?<= w:line=")\d+', lambda found: str(_grown(found[0], scale)), taller)


def _grown(number: str, scale: float) -> int:
    return round(int(number) * scale)


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


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bench.draw", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=2 * len(WEAR))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=(), choices=[*WEAR], help="these kinds of wear alone")
    parser.add_argument("--ink", choices=("print", "pen"), help="printed or pen hands alone")
    parser.add_argument("--held-back", action="store_true", help="with the hands that are kept for judging")
    parser.add_argument("--retyped", action="store_true", help="sheets as other offices typed them anew")
    asked = parser.parse_args(arguments)
    use_typefaces()
    hands = [
        style for style in installed(asked.held_back) if asked.ink in (None, "pen" if style.hand else "print")
    ]
    draw(list(planned(asked.count, asked.seed, asked.only, hands, asked.retyped)), asked.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
