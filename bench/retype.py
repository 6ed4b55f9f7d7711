"""Forms as local offices retype them: an edition and a household in, a sheet to draw out.

Nothing is copied from the edition's own sheet: order, rows, widths, wording of
labels, stars, spaces, typefaces, orientation, optional fields, printed units
around blanks and ways to mark an option all come by chance. The sheet is a
description for `docgen.drawing`; what is written by hand stands in it as tags.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

from bench.hands import Style
from records.editions import Edition, Field, Sentence
from records.kinds import show
from records.values import Value, Values, row_count, row_path

VALUE_FONT = "仿宋_GB2312"
_MM = 25.4 / 72
_PITCH = 1.2
_ROOM = {"portrait": (182.0, 268.0), "landscape": (266.0, 188.0)}
_LABEL_FONTS = ("宋体", "宋体", "黑体", "楷体_GB2312")
_LEAST = 7.5
_STRANGERS = (
    ("填表日期", "2016年10月8日"),
    ("社区名称", "新华社区"),
    ("文化程度", "高中"),
    ("经办电话", "63310528"),
    ("籍贯", "河南"),
)
"""What some offices ask besides, which no edition knows."""

_Row = dict[str, Any]
_Cell = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that is no print: its text, and how it comes onto the paper."""

    text: str
    how: str = "written"
    """`written`; `struck` out; a `tick` drawn here; print that gets a ring: `ringed`."""


@dataclass(frozen=True, slots=True)
class Retyped:
    """A form that was retyped: the sheet, what stands at its tags, and the paths that it asks."""

    sheet: Mapping[str, Any]
    pieces: Mapping[str, Piece]
    asked: frozenset[str]
    habits: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Habits:
    """What is alike all over one office's form, and in one person's writing."""

    landscape: bool
    font: str
    size: float
    star: str
    colon: str
    aliases: float
    spread: str
    layout: str
    mark: str
    numbering: str
    one_a_line: bool
    units: bool
    dates: str
    printed_dates: bool
    commas: str
    numbers: bool
    crossing: float


def habits(random: Random) -> Habits:
    """An office, and somebody who fills in its form."""
    return Habits(
        landscape=random.random() < 0.6,
        font=random.choice(_LABEL_FONTS),
        size=random.choice((9.0, 9.5, 10.0, 10.5)),
        star=random.choice(("", "", "*{}", "{}*", "＊{}")),
        colon=random.choice(("", "", "：", ":")),
        aliases=random.choice((0.0, 0.3, 0.6)),
        spread=random.choice(("", "", "　", "  ", "    ")),
        layout=random.choice(("stack", "pairs", "pairs", "mixed", "mixed", "colons")),
        mark=random.choice(("before", "before", "after", "ring", "box")),
        numbering=random.choice(("{}.", "{}.", "{}、", "({})")),
        one_a_line=random.random() < 0.5,
        units=random.random() < 0.5,
        dates=random.choice(("{}-{}-{}", "{}.{}.{}", "{}年{}月{}日", "{}/{}/{}")),
        printed_dates=random.random() < 0.3,
        commas=random.choice(("、", "、", "，", ",")),
        numbers=random.random() < 0.7,
        crossing=random.choice((0.0, 0.0, 0.04)),
    )


def retyped(edition: Edition, values: Values, style: Style, random: Random) -> Retyped | None:
    """One office's form, filled in; None when it does not fit one page however small it is typed."""
    return _Office(edition, values, style, random).form()


@dataclass
class _Office:
    edition: Edition
    values: Values
    style: Style
    random: Random
    pieces: dict[str, Piece] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    said: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.habits = habits(self.random)
        self.size = self.habits.size
        self.orientation = "landscape" if self.habits.landscape else "portrait"
        self.width, self.height = _ROOM[self.orientation]

    def form(self) -> Retyped | None:
        state = self.random.getstate()
        while self.size >= _LEAST:
            self.random.setstate(state)
            self.pieces, self.asked, self.said = {}, set(), set()
            rows = [row for block in self._blocks() for row in block()]
            heights = [self._height(row, spans) for row, spans in zip(rows, _hanging(rows), strict=True)]
            spare = self.height - 17 - sum(heights)
            if spare >= 0:
                return self._sheet(rows, heights, spare)
            self.size -= 0.5
        return None

    def _sheet(self, rows: Sequence[_Row], heights: Sequence[float], spare: float) -> Retyped:
        more = min(spare / sum(heights), 0.6) * self.random.uniform(0.1, 0.95)
        tall = [
            row | {"height": round(high * (1 + more), 1)} for row, high in zip(rows, heights, strict=True)
        ]
        title = self.random.choice((self.edition.title, self.edition.title, *self.edition.title_aliases))
        heading = {
            "t": title,
            "font": self.random.choice(("黑体", "宋体")),
            "size": self.random.choice((15, 16, 18)),
        }
        across = (297.0 if self.habits.landscape else 210.0) - self.width
        left = across * self.random.uniform(0.4, 0.6)
        sheet = {
            "name": title,
            "orientation": self.orientation,
            "margins": {"top": 10, "bottom": 6, "left": round(left, 1), "right": round(across - left, 1)},
            "label": {"font": self.habits.font, "size": self.size},
            "value": {"font": VALUE_FONT, "size": self.size + 0.5},
            "parts": [{"align": "center", "after": 1.5, "runs": [heading]}, {"rows": tall}],
        }
        habits = {"marks": self.habits.mark, "layout": self.habits.layout, "orientation": self.orientation}
        return Retyped(sheet, self.pieces, frozenset(self.asked), habits)

    # --- blocks ---------------------------------------------------------------

    def _blocks(self) -> list[Callable[[], Iterator[_Row]]]:
        plain = [asked for asked in self.edition.on_paper if self._is_plain(asked)]
        kept = [asked for asked in plain if asked.required or self.random.random() > 0.12]
        if self.random.random() < 0.3:
            self.random.shuffle(kept)
        cut = sorted(self.random.sample(range(1, len(kept)), min(3, len(kept) - 1)))
        groups = [kept[start:end] for start, end in zip([0, *cut], [*cut, len(kept)], strict=True)]
        first, *rest = [self._group(group) for group in groups]
        others = [
            *(self._table(table) for table in self.edition.tables),
            *(self._numbered(group) for group in self._legends()),
            *(
                self._options(one)
                for one in self.edition.on_paper
                if one.marked and not self._in_sentence(one)
            ),
            *(self._sentence(one) for one in self.edition.sentences),
            *rest,
        ]
        if self.random.random() < 0.6:
            self.random.shuffle(others)
        return [first, *others, self._ink]

    def _is_plain(self, asked: Field) -> bool:
        behind = {one.other_text for one in self.edition.on_paper}
        return not (
            asked.is_rows or asked.marked or asked.numbered or asked.key in behind or self._in_sentence(asked)
        )

    def _in_sentence(self, asked: Field) -> bool:
        return any(f"{{{asked.key}}}" in sentence.text for sentence in self.edition.sentences)

    def _legends(self) -> list[list[Field]]:
        by_list: dict[tuple[str, ...], list[Field]] = {}
        for asked in self.edition.on_paper:
            if asked.numbered and not asked.marked:
                by_list.setdefault(asked.choices, []).append(asked)
        return list(by_list.values())

    def _group(self, group: Sequence[Field]) -> Callable[[], Iterator[_Row]]:
        def rows() -> Iterator[_Row]:
            layout = self.habits.layout
            if layout == "mixed":
                layout = self.random.choice(("stack", "pairs", "pairs", "colons"))
            asked = [(self._label(one), self._blank(one.key, one)) for one in group]
            if self.random.random() < 0.15:
                label, text = self.random.choice(_STRANGERS)
                asked.insert(self.random.randrange(len(asked) + 1), (label, self._tag(text)))
            yield from {"stack": self._stack, "pairs": self._pairs, "colons": self._colons}[layout](asked)

        return rows

    def _stack(self, asked: Sequence[tuple[str, str]]) -> Iterator[_Row]:
        for part in self._packed(
            asked, [max(self._wide(label), self._wide(blank)) for label, blank in asked]
        ):
            widths = [width for _, width in part]
            yield _row([{"t": label} for (label, _), _ in part], widths)
            yield _row([{"t": blank} for (_, blank), _ in part], widths)

    def _pairs(self, asked: Sequence[tuple[str, str]]) -> Iterator[_Row]:
        colon = self.habits.colon if self.random.random() < 0.5 else ""
        needs = [self._wide(label) + self._wide(blank) for label, blank in asked]
        for part in self._packed(asked, needs):
            cells, widths = [], []
            for (label, blank), width in part:
                share = self._wide(label) / (self._wide(label) + self._wide(blank))
                cells += [{"t": label + colon}, {"t": blank, "as": self.random.choice(("centre", "left"))}]
                widths += [width * share, width * (1 - share)]
            yield _row(cells, widths)

    def _colons(self, asked: Sequence[tuple[str, str]]) -> Iterator[_Row]:
        texts = [(f"{label}{self.habits.colon or '：'}{blank}", "") for label, blank in asked]
        for part in self._packed(texts, [self._wide(text) + 2 for text, _ in texts]):
            yield _row([{"t": text, "as": "left"} for (text, _), _ in part], [width for _, width in part])

    def _packed(
        self, asked: Sequence[tuple[str, str]], needs: Sequence[float]
    ) -> Iterator[list[tuple[tuple[str, str], float]]]:
        """Rows of what fits side by side, each cell a little wider than it must be."""
        row: list[tuple[tuple[str, str], float]] = []
        for one, need in zip(asked, needs, strict=True):
            least = min(need, self.width)
            if row and (sum(width for _, width in row) + least > self.width or self.random.random() < 0.06):
                yield self._filled(row)
                row = []
            row.append((one, least * self.random.uniform(1.0, 1.15)))
        if row:
            yield self._filled(row)

    def _filled(self, row: list[tuple[tuple[str, str], float]]) -> list[tuple[tuple[str, str], float]]:
        whole = sum(width for _, width in row)
        return [(one, width * self.width / whole) for one, width in row]

    def _table(self, table: Field) -> Callable[[], Iterator[_Row]]:
        def rows() -> Iterator[_Row]:
            columns = [
                one for place, one in enumerate(table.fields) if place < 2 or self.random.random() > 0.08
            ]
            if self.random.random() < 0.25:
                self.random.shuffle(columns)
            used = row_count(table.key, self.values)
            printed = max(
                used, self.random.choice((1, 2, 3, 4, 4, 5, 6)) if used else self.random.choice((1, 2))
            )
            labels = self._headings(columns)
            blanks = [
                [self._blank(row_path(table.key, row, one.key), one) for one in columns]
                for row in range(printed)
            ]
            owner = self._bare(table)
            aside = self.random.random() < 0.7 or table.key != self.edition.tables[0].key
            side = self.size * _MM * 2 + 4 if aside else 0.0
            needs = [
                max(self._wide(label), *(self._wide(line[place]) for line in blanks))
                for place, label in enumerate(labels)
            ]
            widths = [need * self.random.uniform(1.0, 1.15) for need in needs]
            widths = [width * (self.width - side) / sum(widths) for width in widths]
            self.asked |= {table.key, *(f"{table.key}.{one.key}" for one in columns)}
            if not aside:
                yield _row([{"t": owner}], [self.width])
            lines = [labels, *blanks]
            for place, line in enumerate(lines):
                head = [{"t": _broken(owner), "down": len(lines)}] if aside and place == 0 else []
                yield _row([*head, *({"t": text} for text in line)], [*([side] if head else []), *widths])

        return rows

    def _headings(self, columns: Sequence[Field]) -> list[str]:
        said: set[str] = set()
        labels = []
        for column in columns:
            label = next(
                (one for one in (self._worded(column), column.label) if one not in said), column.label
            )
            said.add(label)
            labels.append(self._dressed(label, column))
        return labels

    def _numbered(self, group: Sequence[Field]) -> Callable[[], Iterator[_Row]]:
        def rows() -> Iterator[_Row]:
            names = [
                self.habits.numbering.format(place) + entry for place, entry in _counted(group[0].choices)
            ]
            between = self.random.choice(("；", "  ", "；  "))
            common = _in_common([one.label.split("（")[0] for one in group])
            label = next((text for text in self.edition.printed if common.endswith(text)), common)
            yield _row(
                [{"t": _broken(label)}, {"t": between.join(names), "as": "left"}], [26, self.width - 26]
            )
            asked = [(self._label(one), self._numbers(one)) for one in group]
            yield from self.random.choice((self._colons, self._pairs))(asked)

        return rows

    def _options(self, asked: Field) -> Callable[[], Iterator[_Row]]:
        def rows() -> Iterator[_Row]:
            text = self._marks(asked, "\n" if self.habits.one_a_line else "   ")
            yield _row([{"t": _broken(self._label(asked))}, {"t": text, "as": "left"}], [22, self.width - 22])

        return rows

    def _sentence(self, sentence: Sentence) -> Callable[[], Iterator[_Row]]:
        def rows() -> Iterator[_Row]:
            text = sentence.text
            for asked in self.edition.on_paper:
                if f"{{{asked.key}}}" in text:
                    filled = self._marks(asked, "   ") if asked.choices else self._blank(asked.key, asked)
                    text = text.replace(f"{{{asked.key}}}", f" {filled} ")
                    self.asked.add(asked.key)
            yield _row([{"t": text, "as": "left"}], [self.width])

        return rows

    def _ink(self) -> Iterator[_Row]:
        for start in range(0, len(self.edition.ink), 2):
            cells = [
                cell
                for ink in self.edition.ink[start : start + 2]
                for cell in ({"t": self.random.choice(ink.labels)}, {"t": "\n\n" if ink.colour else "\n"})
            ]
            yield _row(cells, [self.width / len(cells)] * len(cells))

    # --- what stands in a cell ------------------------------------------------

    def _label(self, asked: Field) -> str:
        self.asked.add(asked.key)
        text = next((one for one in (self._worded(asked), asked.label) if one not in self.said), asked.label)
        self.said.add(text)
        return self._dressed(text, asked)

    def _worded(self, asked: Field) -> str:
        others = [alias for alias in asked.aliases if " " not in alias]
        return (
            self.random.choice(others)
            if others and self.random.random() < self.habits.aliases
            else asked.label
        )

    def _dressed(self, text: str, asked: Field) -> str:
        if len(text) == 2:
            text = self.habits.spread.join(text)
        return self.habits.star.format(text) if asked.required and self.habits.star else text

    def _bare(self, asked: Field) -> str:
        return self.random.choice(asked.labels) if self.random.random() < self.habits.aliases else asked.label

    def _blank(self, path: str, asked: Field) -> str:
        """The cell of a field: what is written in it, and what is printed around that."""
        value = self.values.get(path)
        if path == asked.key:
            self.asked.add(path)
        if len(asked.choices) == 2 and asked.enforced and path == asked.key and self.habits.one_a_line:
            return self._marks(asked, "   ")
        if asked.kind == "date" and self.habits.printed_dates and path == asked.key:
            return self._printed_date(value)
        if value is None:
            return self._unit(asked) if self.habits.units and path == asked.key else ""
        text = self._written(value, asked)
        before = ""
        if self.random.random() < self.habits.crossing and asked.kind in (
            "choice",
            "text",
            "money",
            "integer",
        ):
            before = self._tag(self._wrong(value, asked), "struck") + " "
        around = self._unit(asked) if self.habits.units and path == asked.key else ""
        return f"{before}{self._tag(text)}{around}"

    def _written(self, value: Value, asked: Field) -> str:
        if asked.kind == "date":
            return self._date(str(value))
        if isinstance(value, tuple):
            return self.habits.commas.join(value)
        return show(value, asked)

    def _date(self, value: str) -> str:
        parts = value.split("-")
        style = self.habits.dates
        if "年" in style:
            parts = [parts[0], *(part.lstrip("0") for part in parts[1:])]
            return "".join(part + sign for part, sign in zip(parts, "年月日", strict=False))
        return style[2].join(parts)

    def _printed_date(self, value: Value) -> str:
        parts = [part.lstrip("0") for part in str(value or "").split("-")]
        parts = [*parts, "", "", ""][:3]
        filled = [f"{self._tag(part)}" if part else "    " for part in parts]
        return "".join(f"{part} {sign} " for part, sign in zip(filled, "年月日", strict=True))

    def _wrong(self, value: Value, asked: Field) -> str:
        if asked.choices:
            return self.random.choice([one for one in asked.choices if one != value] or ["无"])[:8]
        if isinstance(value, Decimal):
            return str(int(value) + self.random.choice((1, 10, 100)))
        return str(value)[:2]

    @staticmethod
    def _unit(asked: Field) -> str:
        printed = (
            {"money": "元", "number": "平方米", "integer": "人"}.get(asked.kind, "") if asked.unit else ""
        )
        return f" {printed}" if printed else ""

    def _numbers(self, asked: Field) -> str:
        value = self.values.get(asked.key)
        chosen = value if isinstance(value, tuple) else () if value is None else (str(value),)
        if not chosen:
            return ""
        told = [str(asked.choices.index(one) + 1) if self.habits.numbers else one for one in chosen]
        return self._tag(self.habits.commas.join(told))

    def _marks(self, asked: Field, between: str) -> str:
        """The printed options, those chosen marked as this office's people do."""
        value = self.values.get(asked.key)
        chosen = value if isinstance(value, tuple) else (value,)
        self.asked.add(asked.key)
        told = []
        for place, entry in _counted(asked.choices):
            number = self.habits.numbering.format(place) if asked.numbered else ""
            behind = self._behind(asked) if place == len(asked.choices) and asked.other_text else ""
            told.append(self._marked(number, str(place), entry, entry in chosen) + behind)
        return between.join(told)

    def _marked(self, number: str, digits: str, entry: str, chosen: bool) -> str:
        mark = self.habits.mark
        if not chosen:
            return f"□{number}{entry}" if mark == "box" else f"{number}{entry}"
        if mark == "ring":
            if not number:
                return self._tag(entry, "ringed")
            ringed = self._tag(digits, "ringed")
            return f"{number.replace(digits, ringed, 1)}{entry}"
        if mark == "box":
            return f"{self._tag('□', 'ticked')}{number}{entry}"
        tick = self._tag("√", "tick")
        return f"{tick}{number}{entry}" if mark == "before" else f"{number}{entry}{tick}"

    def _behind(self, asked: Field) -> str:
        value = self.values.get(asked.other_text or "")
        return f"（注明）{self._tag(str(value)) if value else ''}"

    def _tag(self, text: str, how: str = "written") -> str:
        name = f"v{len(self.pieces)}"
        self.pieces[name] = Piece(text, how)
        return f"{{{{ {name} }}}}"

    # --- measuring ------------------------------------------------------------

    def _wide(self, text: str) -> float:
        """How wide a cell should be for a text, mm: long ones may take two lines."""
        longest = max((self._ems(line) for line in text.split("\n")), default=0)
        if longest > 24:
            longest /= 2
        return longest * (self.size + 0.5) * _MM + 3

    def _ems(self, text: str) -> float:
        """The width of a text with its tags filled in, in type sizes."""
        total = 0.0
        for number, part in enumerate(text.replace("{{ ", "\0").replace(" }}", "\0").split("\0")):
            written = number % 2 == 1
            shown = self.pieces[part].text if written else part
            ems = sum(1.0 if ord(char) >= 0x2000 else 0.56 for char in shown)
            total += ems * (max(self.style.scale, 1.0) if written else 1.0)
        return total

    def _height(self, row: _Row, spans: Sequence[bool]) -> float:
        lines = 1
        taller = max(self.style.scale, 1.0) if any("{{" in cell["t"] for cell in row["cells"]) else 1.0
        for cell, width, spanned in zip(row["cells"], row["widths"], spans, strict=True):
            if spanned:
                continue
            room = max(width - 3.2, 4) / ((self.size + 0.5) * _MM)
            needed = sum(max(1, math.ceil(self._ems(line) / room)) for line in cell["t"].split("\n"))
            lines = max(lines, needed)
        return lines * (self.size + 0.5) * _MM * _PITCH * taller + 1.4


def _row(cells: list[_Cell], widths: Sequence[float]) -> _Row:
    """A row whose last cell takes what remains; `widths` are kept for measuring."""
    placed = [cell | {"w": round(width, 2)} for cell, width in zip(cells, widths, strict=True)]
    del placed[-1]["w"]
    return {"cells": placed, "widths": list(widths)}


def _hanging(rows: Sequence[_Row]) -> Iterator[list[bool]]:
    for row in rows:
        yield [cell.get("down", 1) > 1 for cell in row["cells"]]


def _counted(entries: Sequence[str]) -> Iterator[tuple[int, str]]:
    return enumerate(entries, start=1)


def _broken(label: str) -> str:
    """A label for a narrow cell: two characters a line."""
    if "\n" in label or "{{" in label:
        return label
    return (
        "\n".join(label[start : start + 2] for start in range(0, len(label), 2)) if len(label) <= 8 else label
    )


def _in_common(labels: Sequence[str]) -> str:
    """The longest ending that all labels share."""
    shortest = min(labels, key=len)
    for length in range(len(shortest), 0, -1):
        if all(label.endswith(shortest[-length:]) for label in labels):
            return shortest[-length:]
    return shortest
