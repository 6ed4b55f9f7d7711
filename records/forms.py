"""What an edition is: its fields, signatures, rules and documents, as frozen data.

`records.editions` loads and checks them from `templates/<edition>/edition.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

from records.errors import EditionError
from records.findings import Severity
from records.values import split_path


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a form asks.

    `choices` is the closed or suggested list; `enforced` says which. `aliases`
    are other spellings of the label, `synonyms` map other spellings of a
    choice to the list's own; `accepts` are entries of later lists, fine where
    they stand but not looked for on paper. `at_most` bounds a set of choices, `lengths` an
    identity number, `pattern` a code. `numbered` choices may be given by their
    number on the paper, `marked` ones stand printed and get a tick or a ring.
    `row_label` is what one row of a table is called where its label does not do.
    What is `private` (illness, a telephone at home) is hidden on screens until somebody asks for it.
    """

    key: str
    label: str
    kind: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    choices: tuple[str, ...] = ()
    enforced: bool = False
    accepts: tuple[str, ...] = ()
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
    row_label: str | None = None
    private: bool = False

    @property
    def labels(self) -> tuple[str, ...]:
        """Every spelling under which the paper may print the label."""
        return (self.label, *self.aliases)

    @property
    def row(self) -> str:
        """What one row of a table is called."""
        return self.row_label or self.label

    @property
    def is_private(self) -> bool:
        """Whether screens hide the value; numbers of identity cards and banks always are."""
        return self.private or self.kind in ("id_number", "bank_card")

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
    """A document that is made from a record, or of many: its name, its Word templates, its pages.

    `pages` is 0 for one that takes as many as it needs; `see_more` is printed
    where a value goes on on a continuation sheet. `of` says whether there is
    one for each record or one for all ("record", "records"), or one for a medical
    case with its record ("case"); `roster` names the file that describes its rows
    (see `records.rosters`).
    """

    name: str
    title: str
    template: str
    pages: int = 0
    continuation: str | None = None
    see_more: str = "…"
    of: str = "record"
    roster: str | None = None


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
    statistics: Mapping[str, Any]
    folders: tuple[Path, ...]
    medical: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    worklists: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def field(self, path: str) -> Field:
        """The field at a path, a table's column included; raises KeyError."""
        try:
            head, index, key = split_path(path)
        except ValueError as error:
            raise KeyError(str(error)) from None
        for asked in self.fields:
            if asked.key == head:
                return asked if index is None else asked.column(key)
        raise KeyError(f"{self.key} has no field {path}")

    def has(self, path: str) -> bool:
        """Whether the edition knows this path."""
        try:
            self.field(path)
        except KeyError:
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

    @property
    def forms(self) -> tuple[DocumentUse, ...]:
        """The documents that show one record as it is, lists and sheets of cases left out."""
        return tuple(use for use in self.documents if use.roster is None and use.of == "record")

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


def as_decimal(setting: object) -> Decimal:
    """A number of an edition's settings, exact."""
    return Decimal(str(setting))
