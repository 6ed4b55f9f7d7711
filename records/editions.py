"""Editions: what each notice's form asks, loaded from `templates/<edition>/edition.toml`.

An edition is data. Intake (which labels to look for, what a cell may hold),
validation, Word templates, export columns and the manual derive from it; no
list is written twice, and no Python file names an edition.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from records.declared import declared
from records.errors import EditionError
from records.findings import Severity
from records.forms import DocumentUse, Edition, Field, InkField, RuleUse, Sentence, as_decimal
from records.proofreading import faults

__all__ = [
    "BUILT_IN",
    "DocumentUse",
    "Edition",
    "Editions",
    "Field",
    "InkField",
    "RuleUse",
    "Sentence",
    "as_decimal",
    "load_editions",
]

BUILT_IN = Path(__file__).resolve().parent.parent / "templates"


@dataclass(frozen=True)
class Editions:
    """All editions that are known, by key."""

    by_key: Mapping[str, Edition]

    def __getitem__(self, key: str) -> Edition:
        """The edition of a key; raises EditionError (`no_such_edition`)."""
        try:
            return self.by_key[key]
        except KeyError:
            raise EditionError("no_such_edition", edition=key) from None

    def __iter__(self) -> Iterator[Edition]:
        """Every edition."""
        return iter(self.by_key.values())

    def __contains__(self, key: str) -> bool:
        """Whether a key is known."""
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

    def made(data: dict[str, Any]) -> Edition:
        lists = _merged(_vocabularies(roots), data.get("lists", {}))
        return _edition(key, data, lists, tuple(folders))

    return declared(file, made, faults)


def _vocabularies(roots: Iterable[Path]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for root in reversed(list(roots)):
        file = root / "vocabularies.toml"
        if file.is_file():
            merged = _merged(merged, tomllib.loads(file.read_text(encoding="utf-8")))
    return merged


def _merged(lists: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """The lists of both, `more` winning by name; so do the synonyms of a list."""
    synonyms = lists.get("synonyms", {}) | more.get("synonyms", {})
    return {**lists, **more, "synonyms": synonyms}


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
        statistics=MappingProxyType(data.get("statistics", {})),
        folders=folders,
        medical=MappingProxyType(data.get("medical", {})),
        worklists=MappingProxyType(data.get("worklists", {})),
    )


def _field(entry: dict[str, Any], lists: dict[str, Any]) -> Field:
    known = _tupled(entry)
    name = known.pop("list", None)
    columns = tuple(_field(column, lists) for column in known.pop("fields", ()))
    if name is not None:
        if name not in lists:
            raise ValueError(f"field {known.get('key')}: unknown list {name}")
        known["choices"] = tuple(lists[name])
        known["synonyms"] = MappingProxyType(dict(lists.get("synonyms", {}).get(name, {})))
    return Field(fields=columns, **known)


def _rule(entry: dict[str, Any]) -> RuleUse:
    settings = dict(entry)
    name, severity = settings.pop("name"), Severity(settings.pop("severity"))
    return RuleUse(name, severity, MappingProxyType(settings))


def _tupled(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
