"""Reading a Word sheet's tags, and checking the sheets of an edition against its fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from jinja2 import Environment, StrictUndefined, TemplateSyntaxError, meta
from lxml import etree

from docgen.tags import Tag, meaning
from docgen.typesetting import WORD
from records.editions import DocumentUse, Edition
from records.errors import EditionError, TemplateBroken
from records.findings import Finding, Severity
from records.listing import load_roster
from records.packets import with_case
from records.sources import names_given, row_names

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_STRAY = re.compile(r"\{\{|\{%|\}\}|%\}")
_PLACED = re.compile(r"(\{\{|\{%)(?:tr|tc|p|r)(?=\s)")
_TYPED_QUOTES = str.maketrans("“”‘’", "\"\"''")


@dataclass(frozen=True, slots=True)
class Broken:
    """A tag that cannot be understood, as it stands in the sheet, and why."""

    tag: str
    what: str


@dataclass(frozen=True)
class WordSheet:
    """A Word sheet's tags in reading order, as written, however Word split them into runs."""

    file: Path
    tags: tuple[str, ...]
    stray: tuple[str, ...]

    @cached_property
    def broken(self) -> tuple[Broken, ...]:
        """The tags that make no sense; a sheet with one cannot be printed."""
        found = [Broken(text, "unfinished") for text in self.stray]
        tags = list(self.tags)
        while True:
            try:
                environment().compile(_source(tags))
            except TemplateSyntaxError as error:
                at = min(max(error.lineno, 1), len(tags)) - 1
                if tags[at] == "":
                    return (*found, Broken("", str(error)))
                found.append(Broken(tags[at], str(error)))
                tags[at] = ""
            else:
                return tuple(found)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that the tags ask for; none when a tag is broken."""
        if self.broken:
            return frozenset()
        return frozenset(meta.find_undeclared_variables(environment().parse(_source(self.tags))))

    def require_sound(self) -> None:
        """Raises TemplateBroken at the first tag that makes no sense."""
        for broken in self.broken:
            raise TemplateBroken("template_broken", file=self.file.name, tag=broken.tag, what=broken.what)


@cache
def environment() -> Environment:
    """How tags are evaluated: every value escaped, an unknown name an error."""
    return Environment(autoescape=True, undefined=StrictUndefined)


def read_sheet(file: Path) -> WordSheet:
    """The tags of a Word file; raises TemplateBroken when it is no Word file."""
    texts = [text for root in _parts(file) for text in _paragraphs(root)]
    tags = tuple(tag for text in texts for tag in _TAG.findall(text))
    stray = tuple(_around(text, found) for text in texts for found in _STRAY.finditer(_TAG.sub(_blank, text)))
    return WordSheet(file, tags, stray)


def _parts(file: Path) -> Iterator[etree._Element]:
    try:
        with ZipFile(file) as package:
            names = [
                name
                for name in package.namelist()
                if re.fullmatch(r"word/(document|header\d*|footer\d*)\.xml", name)
            ]
            for name in sorted(names):
                yield etree.fromstring(package.read(name))
    except (BadZipFile, KeyError, etree.XMLSyntaxError, OSError) as error:
        raise TemplateBroken("template_broken", file=file.name, tag="", what=repr(error)) from error


def _paragraphs(root: etree._Element) -> Iterator[str]:
    for paragraph in root.iter(f"{WORD}p"):
        yield "".join(text.text or "" for text in paragraph.iter(f"{WORD}t"))


@lru_cache(maxsize=4096)
def names_in(text: str) -> frozenset[str]:
    """The names asked for in a piece of a sound sheet's text, as far as they stand in whole tags."""
    shown = [tag for tag in _TAG.findall(text) if tag.startswith("{{")]
    return frozenset(meta.find_undeclared_variables(environment().parse(_source(shown))))


def _source(tags: list[str] | tuple[str, ...]) -> str:
    """One tag a line, so that an error's line number names the tag."""
    return "\n".join(_PLACED.sub(r"\1", tag).translate(_TYPED_QUOTES).replace("\n", " ") for tag in tags)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found.group())


def _around(text: str, found: re.Match[str]) -> str:
    return text[max(0, found.start() - 12) : found.end() + 24].strip()


# --- an edition's sheets ------------------------------------------------------


def check_templates(edition: Edition) -> tuple[Finding, ...]:
    """What does not meet: broken tags, tags no field knows, fields that no sheet prints, sheets not there."""
    findings: list[Finding] = []
    printed: set[str] = set()
    wanted = [(use, name) for use in edition.documents for name in sheets_of(use)]
    for use, name in wanted:
        try:
            sheet = read_sheet(edition.file(name))
        except EditionError:
            findings.append(_finding("template_missing", Severity.ERROR, file=name, document=use.name))
            continue
        except TemplateBroken as error:
            findings.append(_finding("template_broken", Severity.ERROR, **error.facts))
            continue
        if use.roster is not None:
            findings += _check_list(sheet, use, edition)
            continue
        printable = printable_of(use, edition)
        findings += _check_sheet(sheet, printable)
        printed |= {tag.path for tag in tags_of(sheet, printable) if tag.path is not None}
    return (*findings, *_unprinted(edition, printed))


def printable_of(use: DocumentUse, edition: Edition) -> Edition:
    """The edition with all that a document may print: more than the form's fields, when it is of a case."""
    return with_case(edition) if use.of == "case" else edition


def sheets_of(use: DocumentUse) -> tuple[str, ...]:
    """The Word files of a document: the form, and its continuation where it has one."""
    return (use.template,) if use.continuation is None else (use.template, use.continuation)


def tags_of(sheet: WordSheet, edition: Edition) -> tuple[Tag, ...]:
    """The meanings of a sheet's tags, by name; unknown ones are left out."""
    found = []
    for name in sorted(sheet.names):
        try:
            found.append(meaning(name, edition))
        except KeyError:
            continue
    return tuple(found)


def _check_sheet(sheet: WordSheet, edition: Edition) -> Iterator[Finding]:
    for broken in sheet.broken:
        yield _finding(
            "template_broken", Severity.ERROR, file=sheet.file.name, tag=broken.tag, what=broken.what
        )
    known = {tag.name for tag in tags_of(sheet, edition)}
    for name in sorted(sheet.names - known):
        yield _finding("unknown_tag", Severity.ERROR, file=sheet.file.name, tag=name)


def _check_list(sheet: WordSheet, use: DocumentUse, edition: Edition) -> Iterator[Finding]:
    """What is wrong with the sheet of a list: broken tags, and names that its roster does not give."""
    for broken in sheet.broken:
        yield _finding(
            "template_broken", Severity.ERROR, file=sheet.file.name, tag=broken.tag, what=broken.what
        )
    roster = load_roster(edition, use)
    for name in sorted(sheet.names - names_given(roster, edition)):
        yield _finding("unknown_tag", Severity.ERROR, file=sheet.file.name, tag=name)
    known = {name for key in row_names(roster) for name in (key, f"{key}_code")}
    for key in sorted(set(_OF_ROW.findall(" ".join(sheet.tags))) - known):
        yield _finding("unknown_tag", Severity.ERROR, file=sheet.file.name, tag=f"row.{key}")


_OF_ROW = re.compile(r"\brow\.(\w+)")


def _unprinted(edition: Edition, printed: set[str]) -> Iterator[Finding]:
    """Fields that no sheet of the edition prints; a warning, for some are only kept."""
    for asked in edition.fields:
        columns = [f"{asked.key}.{column.key}" for column in asked.fields] if asked.is_rows else [asked.key]
        for path in columns:
            if path not in printed:
                yield Finding("unprinted_field", Severity.WARNING, (path,), {"edition": edition.key})


def _finding(rule: str, severity: Severity, **facts: str) -> Finding:
    return Finding(rule, severity, (), facts)
