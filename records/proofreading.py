"""Proofreading an edition: its loaded data comes in, what is wrong with it goes out, for whoever edits it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from records import dates, eligibility, medical_aid, packets, processes, rules, statistics, worklists
from records.forms import Edition, Field
from records.kinds import KINDS

MADE_OF = ("record", "records", "case")
"""What a document may be made of."""
_PRECISIONS = frozenset({"year", "month", "day", "month or day", "year or month", "year or month or day"})


def faults(edition: Edition) -> Iterator[str]:
    """Everything wrong with an edition that its shape alone does not tell."""
    keys = [*(field.key for field in edition.fields), *(ink.key for ink in edition.ink)]
    yield from _doubled("field", keys)
    yield from _doubled("document", (document.name for document in edition.documents))
    for document in edition.documents:
        if document.of not in MADE_OF or (document.of == "records" and not document.roster):
            yield f"document {document.name}: of {document.of}"
        if not document.pages and not document.roster:
            yield f"document {document.name}: no pages"
    for field in edition.fields:
        yield from (f"field {field.key}: {fault}" for fault in _field(edition, field))
        for column in field.fields:
            yield from (f"field {field.key}.{column.key}: {fault}" for fault in _field(edition, column))
    yield from _sentences(edition)
    yield from filter(None, (rules.wrong_settings(edition, use) for use in edition.rules))
    yield from filter(None, (eligibility.wrong_data(edition), statistics.wrong_data(edition)))
    yield from medical_aid.wrong_data(edition)
    yield from packets.wrong_data(edition)
    yield from worklists.wrong_data(edition)
    if dates.check(edition.dated):
        yield f"dated is no day: {edition.dated}"
    processes.processes(edition)


def _field(edition: Edition, field: Field) -> Iterator[str]:
    if field.is_rows:
        yield from _table(edition, field)
        if field.private:
            yield "a private table: its columns are private"
        return
    if not isinstance(field.private, bool):
        yield f"private is yes or no: {field.private}"
    if field.kind not in KINDS:
        yield f"unknown kind {field.kind}"
    if field.kind in ("choice", "choices"):
        yield from _list(field)
    if field.pattern is not None:
        yield from _pattern(field.pattern)
    if field.precision is not None and field.precision not in _PRECISIONS:
        yield f"unknown precision {field.precision}"
    if field.other_text is not None and not edition.has(field.other_text):
        yield f"other_text names unknown field {field.other_text}"
    if field.at_most is not None and field.at_most < 1:
        yield f"at_most below one: {field.at_most}"


def _table(edition: Edition, table: Field) -> Iterator[str]:
    if table not in edition.fields:
        yield "a table inside a table"
    if not table.fields:
        yield "a table without columns"
    yield from _doubled("column", (column.key for column in table.fields))


def _list(field: Field) -> Iterator[str]:
    if not field.choices:
        yield "a choice without a list"
    yield from _doubled("entry", field.choices)
    strays = [entry for entry in field.synonyms.values() if entry not in field.choices]
    yield from (f"a synonym of no entry: {entry}" for entry in strays)


def _pattern(pattern: str) -> Iterator[str]:
    try:
        re.compile(pattern)
    except re.error as error:
        yield f"pattern: {error}"


def _sentences(edition: Edition) -> Iterator[str]:
    for sentence in edition.sentences:
        for key in re.findall(r"\{(\w+)\}", sentence.text):
            if not edition.has(key):
                yield f"a sentence names unknown field {key}"


def _doubled(sort: str, names: Iterable[str]) -> Iterator[str]:
    return (f"{sort} {name} stands twice" for name, count in Counter(names).items() if count > 1)
