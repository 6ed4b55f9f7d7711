"""A list to be made: records, a clerk's answers and wishes come in; what may be seen of them is decided here.

Before a sheet or a spreadsheet gets to know it: a column that may not be seen is not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from records.archive import FiledPaper, Record
from records.dates import official
from records.declared import declared
from records.editions import DocumentUse, Edition, Field
from records.errors import Refused
from records.findings import Fault, Severity
from records.kinds import parse, show
from records.masking import MASKS
from records.medical import MedicalCase
from records.rosters import ROWS, Ask, Column, Roster, read_roster
from records.values import Value

ADDED, ADDED_TEXT = 30.0, 60.0
"""How wide a column is that was added for this once, and how wide one of free text, mm."""
_OF_A_FIELD = frozenset({"label", "value"})
"""Ways of showing that need a line about one field."""
_SECRET = frozenset({"id_number", "bank_card", "phone", "rows"})
"""Kinds that nothing public shows unmasked, whatever its roster says."""


@dataclass(frozen=True)
class Listing:
    """One list to be made: of these records, with the clerk's answers, and what is shown by way of exception.

    `shown` are the fields unmasked this once, `why` is the clerk's reason. Of a
    single record, `papers` are kept as scans, `cases` are its medical cases and
    `faults` are to be put right.
    """

    use: DocumentUse
    roster: Roster
    edition: Edition
    records: tuple[Record, ...]
    given: Mapping[str, Value]
    columns: tuple[Column, ...]
    shown: tuple[str, ...] = ()
    why: str = ""
    papers: tuple[FiledPaper, ...] = ()
    cases: tuple[MedicalCase, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def told(self) -> dict[str, str]:
        """The clerk's answers as a sheet prints them, days in the roster's own figures."""
        return {ask.key: self._told(ask) for ask in self.roster.asks}

    def _told(self, ask: Ask) -> str:
        value = self.given.get(ask.key)
        if ask.kind == "date" and isinstance(value, str):
            return official(value, self.roster.numerals)
        return show(value, _field(ask))


@dataclass(frozen=True, slots=True)
class Secret:
    """A field that a public list shows for a reason only, and why it is hidden otherwise."""

    field: Field
    why: str


# --- from the edition's folder ------------------------------------------------


def load_roster(edition: Edition, use: DocumentUse) -> Roster:
    """The roster of a document; raises EditionError naming its file when it is missing or wrong."""
    return declared(edition.file(use.roster or ""), read_roster, lambda roster: _faults(roster, edition))


def _faults(roster: Roster, edition: Edition) -> Iterator[str]:
    for column in (one for columns in roster.tables.values() for one in columns):
        if column.mask and column.mask not in MASKS:
            yield f"column {column.key}: unknown mask {column.mask}"
        yield from (
            f"column {column.key}: unknown field {path}" for path in column.of if not edition.has(path)
        )
        if column.shows in _OF_A_FIELD and roster.source != "fields":
            yield f"column {column.key}: {column.shows} in a list of no fields"
        if column.shows == "state" and column.process not in edition.processes:
            yield f"column {column.key}: unknown process {column.process}"
    if roster.public and not roster.why_hidden:
        yield "a public roster without why_hidden"
    if roster.public and (set(roster.tables) - {ROWS} or roster.source != "records"):
        yield "a public roster with more than its own table of records"


# --- what is asked, and what may be seen --------------------------------------


def listing(
    edition: Edition,
    use: DocumentUse,
    records: Sequence[Record],
    given: Mapping[str, str] = MappingProxyType({}),
    wanted: Sequence[str] = (),
    shown: Sequence[str] = (),
    why: str = "",
) -> Listing:
    """A list of these records; `wanted` are optional columns, `shown` fields to unmask, for a reason.

    Fields go by key or by label. Raises EditionError and Refused: `no_such_given`,
    `given_missing`, `ask_unreadable`, `no_such_column`, `unknown_path`,
    `nothing_masked`, `never_shown` (facts: field, why).
    """
    roster = load_roster(edition, use)
    answers = _answers(use, roster, given)
    optional = {_optional(edition, roster, one).key for one in wanted}
    fields = tuple(_field_named(edition, one).key for one in shown)
    _check_shown(edition, roster, fields, why)
    columns = [one for one in roster.columns if not one.optional or one.key in optional]
    columns = [_unmasked(one, fields) for one in columns]
    there = {path for one in columns for path in one.of}
    columns += [_added(edition.field(key)) for key in fields if key not in there]
    _check_hidden(edition, roster, columns, fields)
    return Listing(use, roster, edition, tuple(records), answers, tuple(columns), fields, why.strip())


def _answers(use: DocumentUse, roster: Roster, given: Mapping[str, str]) -> Mapping[str, Value]:
    asks = {name: ask for ask in roster.asks for name in (ask.label, ask.key)}
    for name in given:
        if name not in asks:
            raise Refused("no_such_given", ask=name, title=use.title, known=_known(roster.asks))
    answers = {asks[name].key: _answer(asks[name], text) for name, text in given.items()}
    missing = [ask for ask in roster.asks if ask.required and answers.get(ask.key) is None]
    if missing:
        raise Refused("given_missing", title=use.title, missing=_known(missing))
    return answers


def _known(asks: Sequence[Ask]) -> str:
    return "、".join(f"{ask.key}（{ask.label}）" for ask in asks) or "—"


def _answer(ask: Ask, text: str) -> Value:
    parsed = parse(text, _field(ask))
    vague = ask.kind == "date" and str(parsed.value).count("-") < _TO_THE_DAY
    if parsed.value is None or vague or any(one.severity is Severity.ERROR for one in parsed.problems):
        raise Refused("ask_unreadable", label=ask.label, text=text)
    return parsed.value


_TO_THE_DAY = 2
"""Hyphens in a date in normal form that says its day."""


def _field(ask: Ask) -> Field:
    return Field(ask.key, ask.label, ask.kind)


def _optional(edition: Edition, roster: Roster, name: str) -> Column:
    optional = [column for column in roster.columns if column.optional]
    for column in optional:
        if name in (column.key, column.head):
            return column
    known = "、".join(f"{column.key}（{column.head}）" for column in optional) or "—"
    raise Refused("no_such_column", column=name, known=known)


def _field_named(edition: Edition, name: str) -> Field:
    for asked in edition.fields:
        if name in (asked.key, *asked.labels):
            return asked
    raise Refused("unknown_path", what=name, edition=edition.key)


def _check_shown(edition: Edition, roster: Roster, fields: Sequence[str], why: str) -> None:
    if fields and not roster.public:
        raise Refused("nothing_masked", what=edition.field(fields[0]).label)
    for key in fields if not why.strip() else ():
        raise Refused("never_shown", field=edition.field(key).label, why=_why_not(roster, key))


def _check_hidden(edition: Edition, roster: Roster, columns: Sequence[Column], fields: Sequence[str]) -> None:
    """Holds a public roster's own columns to what it says may never be shown."""
    if not roster.public:
        return
    never = {key for one in roster.never for key in one.fields}
    for column in columns:
        for asked in map(edition.field, column.of):
            hidden = asked.key in never or asked.kind in _SECRET
            if hidden and asked.key not in fields and not _covers(column.mask, asked):
                raise Refused("never_shown", field=asked.label, why=_why_not(roster, asked.key))


def secrets(edition: Edition, roster: Roster) -> list[Secret]:
    """What a public list hides, in the order of the form."""
    open_ = {path for column in roster.columns if not column.mask for path in column.of}
    hidden = [asked for asked in edition.fields if asked.key not in open_]
    return [Secret(asked, _why_not(roster, asked.key)) for asked in hidden]


def _covers(mask: str, asked: Field) -> bool:
    """Whether a mask hides what is secret in such a field: each is made for one sort of words."""
    return (mask == "name" and asked.prior == "person") or (mask == "id_number" == asked.kind)


def _why_not(roster: Roster, key: str) -> str:
    return next((one.why for one in roster.never if key in one.fields), roster.why_hidden)


def _unmasked(column: Column, fields: Sequence[str]) -> Column:
    return replace(column, mask="") if set(column.of) & set(fields) else column


def _added(asked: Field) -> Column:
    width = ADDED_TEXT if asked.kind in ("text", "rows") else ADDED
    return Column(asked.key, asked.label, width, "people" if asked.is_rows else "field", (asked.key,))
