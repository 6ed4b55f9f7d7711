"""Editions: what each notice's form asks, loaded from `templates/<edition>/edition.toml`.

An edition is data. Intake (which labels to look for, what a cell may hold),
validation, Word templates, export columns and the manual derive from it; no
list is written twice, and no Python file names an edition.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from records.errors import EditionError
from records.findings import Severity
from records.values import split_path

BUILT_IN = Path(__file__).resolve().parent.parent / "templates"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a form asks.

    `choices` is the closed or suggested list; `enforced` says which. `aliases`
    are other spellings of the label, `synonyms` map other spellings of a
    choice to the list's own. `at_most` bounds a set of choices, `lengths` an
    identity number, `pattern` a code. `numbered` choices may be given by their
    number on the paper, `marked` ones stand printed and get a tick or a ring.
    """

    key: str
    label: str
    kind: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    choices: tuple[str, ...] = ()
    enforced: bool = False
    synonyms: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    numbered: bool = False
    marked: bool = False
    other_text: str | None = None
    at_most: int | None = None
    lengths: tuple[int, ...] = ()
    pattern: str | None = None
    precision: str | None = None
    unit: str | None = None
    printed_rows: int = 0
    fields: tuple[Field, ...] = ()
    card_only: bool = False
    prior: str | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """Every spelling under which the paper may print the label."""
        return (self.label, *self.aliases)

    @property
    def is_rows(self) -> bool:
        """A table of rows rather than one value."""
        return self.kind == "rows"

    def column(self, key: str) -> Field:
        """The field of a table's column; raises KeyError."""
        for column in self.fields:
            if column.key == key:
                return column
        raise KeyError(f"{self.key} has no column {key}")


@dataclass(frozen=True, slots=True)
class InkField:
    """A signature or a seal: present or absent, never read."""

    key: str
    label: str
    aliases: tuple[str, ...] = ()
    colour: str | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """Every spelling under which the paper may print the label."""
        return (self.label, *self.aliases)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A printed sentence with blanks in it: fixed text and `{key}` for each blank."""

    text: str


@dataclass(frozen=True, slots=True)
class RuleUse:
    """A rule between fields, by its name in `records.rules`, with what it is applied to."""

    name: str
    severity: Severity
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DocumentUse:
    """A document that is made from a record: its name, its Word templates, its pages."""

    name: str
    title: str
    template: str
    pages: int
    continuation: str | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """One notice's form, whole."""

    key: str
    title: str
    title_aliases: tuple[str, ...]
    notice: str
    dated: str
    fields: tuple[Field, ...]
    ink: tuple[InkField, ...]
    sentences: tuple[Sentence, ...]
    printed: tuple[str, ...]
    rules: tuple[RuleUse, ...]
    documents: tuple[DocumentUse, ...]
    eligibility: Mapping[str, Any]
    processes: Mapping[str, Any]
    folders: tuple[Path, ...]

    def field(self, path: str) -> Field:
        """The field at a path, a table's column included; raises KeyError."""
        head, index, key = split_path(path)
        for asked in self.fields:
            if asked.key == head:
                return asked if index is None else asked.column(key)
        raise KeyError(f"{self.key} has no field {path}")

    def has(self, path: str) -> bool:
        """Whether the edition knows this path."""
        try:
            self.field(path)
        except (KeyError, ValueError):
            return False
        return True

    @property
    def on_paper(self) -> tuple[Field, ...]:
        """The fields of the archive form itself, without those of cards and packets."""
        return tuple(asked for asked in self.fields if not asked.card_only)

    @property
    def tables(self) -> tuple[Field, ...]:
        """The fields that are tables of rows."""
        return tuple(asked for asked in self.fields if asked.is_rows)

    def document(self, name: str) -> DocumentUse:
        """A document by name; raises EditionError."""
        for use in self.documents:
            if use.name == name:
                return use
        raise EditionError("no_such_document", document=name, edition=self.key)

    def file(self, name: str) -> Path:
        """A file of the edition; a unit's own copy wins over the built-in one. Raises EditionError."""
        for folder in self.folders:
            if (folder / name).is_file():
                return folder / name
        raise EditionError("no_such_file", file=name, edition=self.key)


@dataclass(frozen=True)
class Editions:
    """All editions that are known, by key."""

    by_key: Mapping[str, Edition]

    def __getitem__(self, key: str) -> Edition:
        try:
            return self.by_key[key]
        except KeyError:
            raise EditionError("no_such_edition", edition=key) from None

    def __iter__(self) -> Iterator[Edition]:
        return iter(self.by_key.values())

    def __contains__(self, key: str) -> bool:
        return key in self.by_key

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The keys, in the order of loading."""
        return tuple(self.by_key)


def load_editions(*more: Path) -> Editions:
    """The built-in editions and those in the folders `more`, which win file by file.

    Raises EditionError naming the file when an edition's data is wrong.
    """
    roots = [root for root in (*more, BUILT_IN) if root.is_dir()]
    keys = sorted({path.parent.name for root in roots for path in root.glob("*/edition.toml")})
    found = (_load(key, [root / key for root in roots if (root / key).is_dir()], roots) for key in keys)
    return Editions(MappingProxyType({edition.key: edition for edition in found}))


def _load(key: str, folders: list[Path], roots: list[Path]) -> Edition:
    file = next(folder / "edition.toml" for folder in folders if (folder / "edition.toml").is_file())
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        lists = _vocabularies(roots) | data.get("lists", {})
        return _edition(key, data, lists, tuple(folders))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise EditionError("edition", file=file, what=repr(error)) from error


def _vocabularies(roots: Iterable[Path]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for root in reversed(list(roots)):
        file = root / "vocabularies.toml"
        if file.is_file():
            merged |= tomllib.loads(file.read_text(encoding="utf-8"))
    return merged


def _edition(key: str, data: dict[str, Any], lists: dict[str, Any], folders: tuple[Path, ...]) -> Edition:
    return Edition(
        key=key,
        title=data["title"],
        title_aliases=tuple(data.get("title_aliases", ())),
        notice=data["notice"],
        dated=data["dated"],
        fields=tuple(_field(entry, lists) for entry in data["fields"]),
        ink=tuple(InkField(**_tupled(entry)) for entry in data.get("ink", ())),
        sentences=tuple(Sentence(entry) for entry in data.get("sentences", ())),
        printed=tuple(data.get("printed", ())),
        rules=tuple(_rule(entry) for entry in data.get("rules", ())),
        documents=tuple(DocumentUse(**entry) for entry in data.get("documents", ())),
        eligibility=MappingProxyType(data.get("eligibility", {})),
        processes=MappingProxyType(data.get("processes", {})),
        folders=folders,
    )


def _field(entry: dict[str, Any], lists: dict[str, Any]) -> Field:
    known = _tupled(entry)
    name = known.pop("list", None)
    columns = tuple(_field(column, lists) for column in known.pop("fields", ()))
    if name is not None:
        known["choices"] = tuple(lists[name])
        known["synonyms"] = MappingProxyType(dict(lists.get("synonyms", {}).get(name, {})))
    return Field(fields=columns, **known)


def _rule(entry: dict[str, Any]) -> RuleUse:
    settings = dict(entry)
    name, severity = settings.pop("name"), Severity(settings.pop("severity"))
    return RuleUse(name, severity, MappingProxyType(settings))


def _tupled(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}


def as_decimal(setting: object) -> Decimal:
    """A number of an edition's settings, exact."""
    return Decimal(str(setting))
