"""What a tag in a Word sheet means: its name in, the text it prints out.

| tag | prints |
| --- | --- |
| `{{ name }}` | a field by its key, as a clerk writes it |
| `{{ birth_date_year }}`, `_month`, `_day`, `_to_month` | a part of a date, or the date without its day |
| `{{ primary_cause_no }}` | the printed number of a numbered choice, or several |
| `{{ tick_measures_1 }}` | a tick when the first option is chosen, else nothing |
| `{{ family_1_name }}` | a cell of a table, its rows counted from 1 on every sheet |
| `{{ family_list }}` | all rows of a table in one line: names, each with its relation |
| `{{ continued_1_label }}`, `{{ continued_1_text }}` | on a continuation sheet: what did not fit |
| `{{ sheet_number }}`, `{{ record_number }}` | the continuation sheet's number from 1; the record's |
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from markupsafe import Markup, escape

from docgen.fonts import Fonts
from records.editions import Edition, Field
from records.errors import DocumentError
from records.kinds import show
from records.values import Value, Values, row_count, row_path

TICK = "√"
_ROW = re.compile(r"(?P<rows>.+)_(?P<number>[1-9]\d*)_(?P<column>.+)")
_TICKED = re.compile(r"tick_(?P<key>.+)_(?P<number>[1-9]\d*)")
_CONTINUED = re.compile(r"continued_(?P<number>[1-9]\d*)_(?P<part>label|text)")
_LIST = re.compile(r"(?P<rows>.+)_list")
_PARTS = {"_year": 0, "_month": 1, "_day": 2}
_RUN_ON = re.compile(r"([{}%])_(?=[{}%])")


@dataclass(frozen=True, slots=True)
class Continued:
    """A value that goes on on another sheet: its path, its label, its text (or a piece of it), its rows."""

    path: str
    label: str
    text: str
    rows: int = 1


@dataclass(frozen=True)
class Words:
    """What the tags of one sheet print.

    `first` is, for each table, the row (from 0) that stands on this sheet's first line;
    `moved` are the paths whose value continues elsewhere, with what stands there instead.
    """

    edition: Edition
    number: int
    values: Values
    first: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    moved: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    continued: Sequence[Continued] = ()
    sheet: int = 0

    def text(self, name: str) -> str:
        """What a tag of this name prints; raises KeyError for a name that means nothing."""
        return self.shown(meaning(name, self.edition))

    def rows(self, table: str) -> int:
        """How many rows of a table there are."""
        if table not in self._rows:
            self._rows[table] = row_count(table, self.values)
        return self._rows[table]

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {}

    def shown(self, tag: Tag) -> str:
        """What a tag prints."""
        if tag.path is not None and self.path(tag) in self.moved:
            return self.moved[self.path(tag)] if tag.shows is whole else ""
        return tag.shows(self, tag)

    def path(self, tag: Tag) -> str:
        """The path whose value a tag shows on this sheet; empty when it shows no single value."""
        if tag.row is None:
            return tag.path or ""
        rows, _, column = (tag.path or "").partition(".")
        return row_path(rows, self.first.get(rows, 0) + tag.row, column)

    def value(self, tag: Tag) -> Value:
        """The value behind a tag."""
        return self.values.get(self.path(tag))


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag's meaning: the field it shows and how; `path` is `rows.column` for a table, `row` from 0."""

    name: str
    shows: Callable[[Words, Tag], str]
    asked: Field | None = None
    path: str | None = None
    row: int | None = None
    number: int = 0


def meaning(name: str, edition: Edition) -> Tag:
    """What a tag's name means in an edition; raises KeyError."""
    if name in _PLAIN:
        return Tag(name, _PLAIN[name])
    if found := _CONTINUED.fullmatch(name):
        said = _continued_label if found["part"] == "label" else _continued_text
        return Tag(name, said, number=int(found["number"]))
    if (found := _TICKED.fullmatch(name)) and edition.has(found["key"]):
        asked = edition.field(found["key"])
        if int(found["number"]) <= len(asked.choices):
            return Tag(name, _tick, asked, asked.key, number=int(found["number"]))
    if (found := _LIST.fullmatch(name)) and _is_table(edition, found["rows"]):
        return Tag(name, _list, edition.field(found["rows"]))
    if (found := _ROW.fullmatch(name)) and _is_table(edition, found["rows"]):
        asked, shows = _shown(found["column"], {one.key: one for one in edition.field(found["rows"]).fields})
        return Tag(name, shows, asked, f"{found['rows']}.{asked.key}", row=int(found["number"]) - 1)
    asked, shows = _shown(name, {one.key: one for one in edition.fields if not one.is_rows})
    return Tag(name, shows, asked, asked.key)


def _is_table(edition: Edition, key: str) -> bool:
    return edition.has(key) and edition.field(key).is_rows


def _shown(name: str, fields: Mapping[str, Field]) -> tuple[Field, Callable[[Words, Tag], str]]:
    if name in fields:
        return fields[name], whole
    for ending, shows in _ENDINGS.items():
        key = name.removesuffix(ending)
        if key != name and key in fields and _suits(ending, fields[key]):
            return fields[key], shows
    raise KeyError(name)


def _suits(ending: str, asked: Field) -> bool:
    return asked.numbered if ending == "_no" else asked.kind == "date"


# --- the ways a value is shown ------------------------------------------------


def whole(words: Words, tag: Tag) -> str:
    """The value as a clerk writes it."""
    value = words.value(tag)
    return "" if value is None or tag.asked is None else show(value, tag.asked)


def _to_month(words: Words, tag: Tag) -> str:
    value = words.value(tag)
    return show(value[:7], tag.asked) if isinstance(value, str) and tag.asked else ""


def _part(index: int) -> Callable[[Words, Tag], str]:
    def shows(words: Words, tag: Tag) -> str:
        parts = str(words.value(tag) or "").split("-")
        return parts[index].lstrip("0") if index < len(parts) else ""

    return shows


def _numbers(words: Words, tag: Tag) -> str:
    choices = tag.asked.choices if tag.asked else ()
    chosen = _chosen(words.value(tag))
    return "、".join(str(choices.index(one) + 1) if one in choices else one for one in chosen)


def _tick(words: Words, tag: Tag) -> str:
    option = tag.asked.choices[tag.number - 1] if tag.asked else ""
    return TICK if option in _chosen(words.value(tag)) else ""


def _chosen(value: Value) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return value
    return () if value is None else (str(value),)


def _list(words: Words, tag: Tag) -> str:
    """`name（relation）、…` over all rows, as far as the table has these columns."""
    rows = tag.asked.key if tag.asked else ""
    told = []
    for index in range(row_count(rows, words.values)):
        name, relation = (words.values.get(row_path(rows, index, key)) for key in ("name", "relation"))
        told.append(f"{name or ''}（{relation}）" if relation else f"{name or ''}")
    return "、".join(one for one in told if one)


def _continued_label(words: Words, tag: Tag) -> str:
    return words.continued[tag.number - 1].label if tag.number <= len(words.continued) else ""


def _continued_text(words: Words, tag: Tag) -> str:
    return words.continued[tag.number - 1].text if tag.number <= len(words.continued) else ""


_ENDINGS: Mapping[str, Callable[[Words, Tag], str]] = {
    "_to_month": _to_month,
    "_no": _numbers,
    **{ending: _part(index) for ending, index in _PARTS.items()},
}
_PLAIN: Mapping[str, Callable[[Words, Tag], str]] = {
    "record_number": lambda words, _: str(words.number),
    "sheet_number": lambda words, _: str(words.sheet or ""),
}


# --- what may be printed at all -----------------------------------------------


def check_text(values: Values, edition: Edition, fonts: Fonts) -> None:
    """Refuses what no sheet can show: raises DocumentError naming the field and the character."""
    for path, value in values.items():
        for text in _chosen(value):
            if found := unprintable(text, fonts):
                code, character = found
                raise DocumentError(code, field=label_of(path, edition), path=path, character=character)


def unprintable(text: str, fonts: Fonts) -> tuple[str, str] | None:
    """The first character that no sheet can show, and the code that says why; None when there is none."""
    for character in text:
        code = "bad_character" if _is_bad(character) else None
        if code is None and not _drawn(character, fonts):
            code = "no_glyph"
        if code is not None:
            return code, f"U+{ord(character):04X}"
    return None


def label_of(path: str, edition: Edition) -> str:
    """What the paper calls a path: the label, for a table's cell with the table's and the row from 1."""
    asked = edition.field(path)
    parts = path.split(".")
    return (
        f"{edition.field(parts[0]).row}{int(parts[1]) + 1}{asked.label}" if len(parts) == 3 else asked.label
    )


def _is_bad(character: str) -> bool:
    """Control characters, halves of surrogate pairs, non-characters, marks that turn the direction."""
    code = ord(character)
    if character in "\n\t\r":
        return False
    turned = 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069
    return turned or code & 0xFFFE == 0xFFFE or unicodedata.category(character) in ("Cc", "Cs")


def _drawn(character: str, fonts: Fonts) -> bool:
    unseen = character.isspace() or unicodedata.category(character) in ("Cf", "Mn")
    return unseen or not fonts.faces or fonts.face_for(character, "") is not None


def printed(text: str) -> str:
    """A text with its line breaks and tabs as a sheet prints them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")


def escaped(text: str) -> Markup:
    """A text so that it stands in the sheet as it is, whatever signs of markup it holds."""
    plain = escape(printed(text))
    return Markup(_RUN_ON.sub(r"\1&#95;", str(plain)))  # noqa: S704 - escaped on the line above
