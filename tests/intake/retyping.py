"""Forms as local offices retype them: an edition and a seed in, rows of cells and what stands where out.

Order, rows, side of the blanks, spelling of the labels, stars, spaces, colons,
optional fields and the length of tables all vary; the words in the blanks are
invented so that each is found in one place only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from records.editions import Edition, Field, Sentence
from records.values import row_path
from tests.intake.drawing import Box


@dataclass
class Retyped:
    """The rows of a form, and the expected text of every path."""

    rows: list[list[Box]] = field(default_factory=list)
    expected: dict[str, str] = field(default_factory=dict)


def retype(edition: Edition, seed: int, keep_all: bool = False) -> Retyped:
    """One office's form of an edition."""
    return _Office(edition, Random(seed), keep_all).form()


class _Office:
    def __init__(self, edition: Edition, chance: Random, keep_all: bool) -> None:
        self.edition, self.chance, self.keep_all = edition, chance, keep_all
        self.stars = chance.choice(["", "*", "＊", "after"])
        self.made = Retyped()
        self.words = iter(range(100, 1000))

    def form(self) -> Retyped:
        plain = [
            asked for asked in self.edition.on_paper if not asked.is_rows and not self._in_sentence(asked)
        ]
        kept = [asked for asked in plain if asked.required or self.keep_all or self.chance.random() < 0.9]
        if self.chance.random() < 0.5:
            self.chance.shuffle(kept)
        blocks = [*self._groups(kept), *self.edition.tables, *self.edition.sentences]
        tail = blocks[len(blocks) // 2 :]
        self.chance.shuffle(tail)
        for block in (*blocks[: len(blocks) // 2], *tail):
            self._draw(block)
        self.made.rows.append([Box(f"{ink.label}：") for ink in self.edition.ink])
        return self.made

    def _in_sentence(self, asked: Field) -> bool:
        return any(f"{{{asked.key}}}" in sentence.text for sentence in self.edition.sentences)

    def _groups(self, fields: Sequence[Field]) -> Iterator[list[Field]]:
        left = list(fields)
        while left:
            count = self.chance.choice([1, 2, 2, 3, 4, 6, 9])
            yield left[:count]
            left = left[count:]

    def _draw(self, block: Field | Sentence | list[Field]) -> None:
        if isinstance(block, Field):
            self._table(block)
        elif isinstance(block, Sentence):
            self._sentence(block.text)
        else:
            self.chance.choice([self._pairs, self._stack, self._colons])(block)

    def _pairs(self, group: Sequence[Field]) -> None:
        for start in range(0, len(group), 4):
            row: list[Box] = []
            for asked in group[start : start + 4]:
                row += [
                    Box(self._label(asked, colon=True)),
                    Box(self._value(asked.key, asked), self._width()),
                ]
            self.made.rows.append(row)

    def _stack(self, group: Sequence[Field]) -> None:
        if len(group) == 1 and self.chance.random() < 0.7:
            self._pairs(group)
            return
        widths = [self._width() for _ in group]
        self.made.rows.append(
            [Box(self._label(asked), width) for asked, width in zip(group, widths, strict=True)]
        )
        self.made.rows.append(
            [Box(self._value(asked.key, asked), width) for asked, width in zip(group, widths, strict=True)]
        )

    def _colons(self, group: Sequence[Field]) -> None:
        for start in range(0, len(group), 3):
            row = []
            for asked in group[start : start + 3]:
                mark = self.chance.choice(["：", ":", "： "])
                row.append(Box(f"{self._label(asked)}{mark}{self._value(asked.key, asked)}", self._width()))
            self.made.rows.append(row)

    def _table(self, table: Field) -> None:
        columns = list(table.fields)
        if self.chance.random() < 0.5:
            self.chance.shuffle(columns)
        rows = self.chance.choice([1, 3, 4, 6])
        widths = [self._width() for _ in columns]
        owner = self.chance.choice(
            ["left", "above"] if table.key != self.edition.tables[0].key else ["left", "above", ""]
        )
        name = self.chance.choice(table.labels)
        if owner == "above":
            self.made.rows.append([Box(name)])
        head: list[Box] = [Box(name, 1.0, rows + 1)] if owner == "left" else []
        # A heading that another cell of its row spells, too, would say nothing.
        said: set[str] = set()
        for column, width in zip(columns, widths, strict=True):
            label = next(one for one in (self._label(column), column.label) if _core(one) not in said)
            said.add(_core(label))
            head.append(Box(label, width))
        self.made.rows.append(head)
        for index in range(rows):
            self.made.rows.append(
                [
                    Box(self._value(row_path(table.key, index, column.key)), width)
                    for column, width in zip(columns, widths, strict=True)
                ]
            )

    def _sentence(self, text: str) -> None:
        for asked in self.edition.on_paper:
            if f"{{{asked.key}}}" in text:
                filled = "√是　否" if asked.choices else "2016年8月7日"
                text = text.replace(f"{{{asked.key}}}", filled)
                self.made.expected[asked.key] = filled
        self.made.rows.append([Box(text)])

    def _label(self, asked: Field, colon: bool = False) -> str:
        text = self.chance.choice([asked.label, asked.label, *asked.aliases])
        if len(text) == 2 and self.chance.random() < 0.3:
            text = f"{text[0]}{self.chance.choice(['　', '  ', chr(0xA0) * 3])}{text[1]}"
        elif len(text) >= 4 and self.chance.random() < 0.2:
            text = f"{text[:2]}\n{text[2:]}"
        if asked.required and self.stars:
            text = f"{text}*" if self.stars == "after" else f"{self.stars}{text}"
        return f"{text}：" if colon and self.chance.random() < 0.3 else text

    def _value(self, path: str, asked: Field | None = None) -> str:
        if asked is not None and asked.marked:
            text = "\n".join(f"{number}.{choice}" for number, choice in enumerate(asked.choices, start=1))
        else:
            text = "" if self.chance.random() < 0.25 else f"甲{next(self.words)}"
        self.made.expected[path] = text
        return text

    def _width(self) -> float:
        return self.chance.choice([0.7, 1.0, 1.5, 2.5])


def _core(label: str) -> str:
    return "".join(char for char in label if char.isalnum())
