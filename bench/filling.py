"""Filling Word sheets, quickly and by docxtpl: `python -m bench.filling speed` and `… fuzz`.

`speed` fills the sheets of every edition both ways in turns in one process and
prints documents per CPU second; `fuzz` fills sheets and a template with loops
and conditions with random contexts, both ways, and compares every part.
"""

from __future__ import annotations

import argparse
import io
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import docx
from docxtpl import DocxTemplate
from markupsafe import Markup, escape

from bench.pictures import GOOD, OTHER, Row, write_table
from docgen.quick import QuickTemplate
from docgen.templates import environment, read_sheet
from records.editions import load_editions

_LETTERS = "困难职工档案表家庭成员致困原因龘𬱖㛃abcXYZ0123456789，。（）、 "
_SIGNS = (*"&<>\"'{}%_", "{{", "}}", "{_{", "}_}", "{_%", "%_}", "</w:t>", "&amp;", "]]>")
_ODD = tuple("\n\t\r\a\f\x00\x0b\x1f\x7f\x85\u2028\ud800\ufffe\U000e0100")
_BROKEN = ("\n", "\t", "\x7f", "\x85", "\u2028", "\U000e0100")
_ROUNDS = 40
_QUICK_A_ROUND = 20


# --- speed --------------------------------------------------------------------


def sheets() -> Iterator[Path]:
    """The Word sheets of all editions."""
    for edition in load_editions():
        for use in edition.forms:
            yield edition.file(use.template)


def filled(template: type[DocxTemplate], file: Path, context: Mapping[str, Any]) -> bytes:
    """One document, as the program makes it."""
    made = template(file)
    made.render(context, environment(), autoescape=True)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def cpu_seconds(call: Callable[[], object], times: int) -> float:
    """CPU seconds for one call."""
    start = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - start) / times


def speed(rounds: int) -> Iterator[tuple[str, float, float]]:
    """For each sheet the median CPU seconds of docxtpl and of the quick way, measured in turns."""
    for file in sheets():
        context = {name: f"第{number}项" for number, name in enumerate(sorted(read_sheet(file).names))}
        filled(QuickTemplate, file, context)
        slow, quick = [], []
        for _ in range(rounds):
            slow.append(cpu_seconds(partial(filled, DocxTemplate, file, context), 1))
            quick.append(cpu_seconds(partial(filled, QuickTemplate, file, context), _QUICK_A_ROUND))
        yield f"{file.parent.name}/{file.stem}", statistics.median(slow), statistics.median(quick)


# --- fuzz ---------------------------------------------------------------------


def looped_template() -> bytes:
    """A template with what simple sheets lack: rows by a loop, conditions, a header, nested loops."""
    made = docx.Document()
    made.sections[0].header.paragraphs[0].text = "{{ title }} · {{ note }}"
    made.add_paragraph("{{ title }}{% if note %}：{{ note }}{% else %}（无）{% endif %}")
    table = made.add_table(rows=4, cols=3)
    texts = (
        ("姓名", "关系", "单位"),
        ("{%tr for row in rows %}", "", ""),
        (
            "{{ row.name }}",
            "{{ loop.index }}{{ row.relation }}",
            "{% for one in row.list %}{{ one }}、{% endfor %}",
        ),
        ("{%tr endfor %}", "", ""),
    )
    for row, cells in zip(table.rows, texts, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    made.add_paragraph("{%p if rows %}")
    made.add_paragraph("共{{ rows|length }}人 {{ amount }}")
    made.add_paragraph("{%p endif %}")
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def text(chance: random.Random, wild: bool) -> object:
    """A value of any sort that a clerk, a scan or a file may bring; a wild one may hold what XML refuses."""
    kind = chance.random()
    if kind < 0.1:
        return chance.choice(["", None, 0, -3, 4.5, True, Decimal("12000.50"), " ", "　"])
    pool = [*_LETTERS]
    if kind > 0.45:
        pool += _SIGNS * 3
    if kind > 0.8:
        pool += _ODD if wild else _BROKEN
    length = chance.choice([1, 3, 8, 18, 40]) if chance.random() < 0.97 else chance.randint(500, 5000)
    value = "".join(chance.choice(pool) for _ in range(length))
    made = chance.random()
    return escape(value) if made < 0.1 else Markup(value) if wild and made < 0.12 else value  # noqa: S704


def looped_context(chance: random.Random, wild: bool) -> dict[str, Any]:
    """A context for the template with loops; now and then a name is missing."""
    value = partial(text, chance, wild)
    rows = [
        {"name": value(), "relation": value(), "list": [value() for _ in range(chance.randint(0, 4))]}
        for _ in range(chance.choice([0, 0, 1, 2, 4, 9, 30]))
    ]
    context = {"title": value(), "note": value(), "amount": value(), "rows": rows}
    if chance.random() < 0.03:
        context.pop(chance.choice(sorted(context)))
    return context


def _outcome(template: DocxTemplate, context: Mapping[str, Any], autoescape: bool) -> object:
    """The parts of a document, or the name of what was raised."""
    try:
        template.render(context, environment() if autoescape else None, autoescape=autoescape)
        stream = io.BytesIO()
        template.save(stream)
    except Exception as error:
        return type(error).__name__
    with ZipFile(stream) as package:
        return [(name, package.read(name)) for name in package.namelist()]


def _opened(template: type[Any], file: Path | None, looped: bytes) -> Any:
    return template(io.BytesIO(looped) if file is None else file)


def fuzz(count: int, seed: int) -> tuple[Counter[str], list[str]]:
    """How many documents were quick, slow or refused, and each context that made a difference."""
    chance, told, wrong = random.Random(seed), Counter[str](), []
    looped = looped_template()
    forms = {file: sorted(read_sheet(file).names) for file in sheets()}
    kept: dict[tuple[Path | None, bool], QuickTemplate] = {}
    for number in range(count):
        file = chance.choice(list(forms)) if number % 25 == 0 else None
        wild, autoescape = chance.random() < 0.2, chance.random() < 0.8
        context = {name: text(chance, wild) for name in forms[file]} if file else looped_context(chance, wild)
        if (file, autoescape) not in kept or chance.random() < 0.5:
            kept[file, autoescape] = _opened(QuickTemplate, file, looped)
        quick = kept[file, autoescape]
        found = _outcome(quick, context, autoescape)
        told["refused" if isinstance(found, str) else "slow" if quick._filled is None else "quick"] += 1
        if found != _outcome(_opened(DocxTemplate, file, looped), context, autoescape):
            wrong.append(f"{number} {file} {autoescape} {context!r}"[:600])
        if isinstance(found, str):  # docxtpl leaves a template behind that it cannot fill again
            del kept[file, autoescape]
    return told, wrong


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point of `python -m bench.filling`; 1 when the fuzz finds a difference."""
    parser = argparse.ArgumentParser(prog="python -m bench.filling", description=__doc__)
    kinds = parser.add_subparsers(dest="what", required=True)
    fast = kinds.add_parser("speed")
    fast.add_argument("--rounds", type=int, default=_ROUNDS)
    fast.add_argument("--picture", type=Path)
    wild = kinds.add_parser("fuzz")
    wild.add_argument("--count", type=int, default=10_000)
    wild.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    return _speed(asked) if asked.what == "speed" else _fuzz(asked)


def _speed(asked: argparse.Namespace) -> int:
    heads = ("sheet", "docxtpl ms", "quick ms", "docs/CPU s", "times")
    lines = []
    print("".join(f"{head:>12}" if number else f"{head:40}" for number, head in enumerate(heads)))
    for name, slow, quick in speed(asked.rounds):
        cells = (name, f"{slow * 1e3:.1f}", f"{quick * 1e3:.2f}", f"{1 / quick:.0f}", f"{slow / quick:.0f} x")
        print("".join(f"{cell:>12}" if number else f"{cell:40}" for number, cell in enumerate(cells)))
        lines.append(Row(cells, ((quick / slow, GOOD), (1 - quick / slow, OTHER))))
    if asked.picture:
        legend = (("quick", GOOD), ("docxtpl", OTHER))
        write_table(asked.picture, "CPU time of a Word document", heads, lines, legend)
    return 0


def _fuzz(asked: argparse.Namespace) -> int:
    told, wrong = fuzz(asked.count, asked.seed)
    print(", ".join(f"{kind} {count}" for kind, count in sorted(told.items())), f"differing {len(wrong)}")
    for one in wrong[:10]:
        print(one)
    return min(len(wrong), 1)


if __name__ == "__main__":
    sys.exit(main())
