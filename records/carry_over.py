"""Carrying over: a record of one edition comes in, a draft of another and every field's fate go out.

How two editions meet is data: `carry-over/<old edition>.toml` in the new
edition's folder, rules by name (`records.moves`). What cannot be decided is
asked, what the new form wants and the old one has not is asked, what has no
place in the new form goes into its remarks: nothing is guessed, nothing dropped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from records import kinds
from records.archive import Record
from records.declared import declared
from records.drafts import Alternative, Draft, Forerunner, Reading
from records.editions import Edition, Field
from records.errors import EditionError, Refused
from records.findings import Reason
from records.moves import HOWS, Case, Fate, Move, Rule
from records.values import BLANKS, Values, row_count, row_path

_FOLDER = "carry-over"


@dataclass(frozen=True, slots=True)
class CarryOver:
    """How records of an old edition become drafts of a new one; `remarks` takes what has no other place."""

    old: Edition
    new: Edition
    rules: tuple[Rule, ...]
    remarks: str | None
    file: Path


@dataclass(frozen=True, slots=True)
class Carried:
    """A record carried over: the draft that waits for a clerk, and every field's fate in the paper's order.

    Moves without a path are old values that found no place at all.
    """

    draft: Draft
    moves: tuple[Move, ...]

    @property
    def counts(self) -> Mapping[Fate, int]:
        """How many fields met each fate."""
        counted = Counter(move.fate for move in self.moves)
        return MappingProxyType({fate: counted[fate] for fate in Fate})


def sources_of(new: Edition) -> tuple[str, ...]:
    """The keys of the editions whose records can be carried over to this one."""
    files = (file for folder in new.folders for file in (folder / _FOLDER).glob("*.toml"))
    return tuple(sorted({file.stem for file in files}))


def load_carry_over(old: Edition, new: Edition) -> CarryOver:
    """The data between two editions. Raises EditionError: `no_carry_over`, or `edition` naming the file."""
    if old.key not in sources_of(new):
        raise EditionError("no_carry_over", edition=old.key, new=new.key)
    file = new.file(f"{_FOLDER}/{old.key}.toml")

    def made(data: dict[str, Any]) -> CarryOver:
        rules = tuple(rule for entry in data["rules"] for rule in _rules(entry))
        return CarryOver(old, new, rules, data.get("remarks"), file)

    return declared(file, made, _faults)


def carry_over(data: CarryOver, values: Values, forerunner: Forerunner) -> Carried:
    """What becomes of an old record's values, and the draft of it."""
    moves = _merged(_settled_by_rules(data, values))
    rows = {table.key: row_count(table.key, moves) for table in data.new.tables}
    moves |= {move.path: move for move in _missing(data.new, moves, rows)}
    lost = tuple(_lost(data, values))
    moves = _with_remarks(data, moves, lost)
    paths = tuple(_paths(data.new, rows))
    told = tuple(moves[path] for path in paths if path in moves)
    readings = {path: _reading(data, values, moves.get(path)) for path in paths}
    draft = Draft(data.new.key, MappingProxyType(readings), forerunner=forerunner)
    return Carried(draft, (*told, *lost, *_unasked(data.new, moves)))


def carry_record(record: Record, old: Edition, new: Edition) -> Carried:
    """What becomes of a record in another edition. Raises Refused (`carried_to_itself`), EditionError."""
    if old.key == new.key:
        raise Refused("carried_to_itself", number=record.number, edition=old.key)
    before = Forerunner(record.number, record.edition, record.revision)
    return carry_over(load_carry_over(old, new), record.values, before)


# --- the data


def _rules(entry: Mapping[str, Any]) -> Iterator[Rule]:
    """The rules of one entry: one for each of its `fields`, or one `from` a field `to` another."""
    settings = MappingProxyType({key: value for key, value in entry.items() if key not in _PLACES})
    for name in entry.get("fields", ()):
        yield Rule(entry["how"], name, name, settings)
    if "from" in entry:
        yield Rule(entry["how"], entry["from"], entry.get("to", entry["from"]), settings)
    elif "fields" not in entry:
        raise KeyError("from")


_PLACES = ("how", "fields", "from", "to")
_SETTINGS = frozenset(
    {"words", "candidates", "value", "by", "id", "patterns", "more", "birth", "ages", "moved", "unless"}
    | {"remark", "remark_for", "confirm", "confirm_for", "candidate"}
)


def _faults(data: CarryOver) -> Iterator[str]:
    if data.remarks is not None and not data.new.has(data.remarks):
        yield f"remarks names unknown field {data.remarks}"
    for rule in data.rules:
        yield from (f"rule {rule.how} from {rule.source}: {fault}" for fault in _rule_faults(data, rule))


def _rule_faults(data: CarryOver, rule: Rule) -> Iterator[str]:
    if rule.how not in HOWS:
        yield "unknown how"
    if not _knows(data.old, rule.source):
        yield f"unknown field {rule.source}"
    targets = () if rule.how == "remark" else (rule.target, *rule.settings.get("patterns", ()))
    more = rule.settings.get("more")
    for target in (*targets, *((more,) if more else ())):
        if not _knows(data.new, target):
            yield f"unknown field {target}"
        elif ("." in target) is not ("." in rule.source):
            yield f"a column and a field do not meet: {target}"
    for name in ("id", "birth", "unless"):
        if name in rule.settings and not _knows(data.old, rule.settings[name]):
            yield f"unknown field {rule.settings[name]}"
    if rule.how == "ranked" and not more:
        yield "lacks more"
    yield from (f"unknown setting {name}" for name in rule.settings if name not in _SETTINGS)
    yield from _word_faults(data, rule)


def _word_faults(data: CarryOver, rule: Rule) -> Iterator[str]:
    """Words that a closed list, old or new, does not have."""
    if not _knows(data.old, rule.source) or not _knows(data.new, rule.target):
        return
    table = rule.settings.get("words", {})
    named = (*table, *rule.settings.get("remark_for", ()), *rule.settings.get("confirm_for", ()))
    was, field = _field(data.old, rule.source), _field(data.new, rule.target)
    yield from (f"no word of the old list: {word}" for word in named if _is_foreign(word, was))
    meant = [rule.settings["value"]] if "value" in rule.settings else []
    to = [*(table.values() if isinstance(table, Mapping) else ()), *meant]
    new_words = (word for words in to for word in ([words] if isinstance(words, str) else words))
    yield from (f"no word of the new list: {word}" for word in new_words if _is_foreign(word, field))


def _is_foreign(word: str, field: Field) -> bool:
    return field.enforced and word not in field.choices


def _knows(edition: Edition, named: str) -> bool:
    path = _first(named)
    return edition.has(path) and not edition.field(path).is_rows


def _field(edition: Edition, named: str) -> Field:
    return edition.field(_first(named))


def _first(named: str) -> str:
    """The path of a field, or of a table's column in its first row."""
    table, _, column = named.partition(".")
    return row_path(table, 0, column) if column else table


# --- the recipe's steps


def _settled_by_rules(data: CarryOver, values: Values) -> Iterator[Move]:
    for rule in data.rules:
        for row in _rows(rule, values):
            case = Case(data.old, values, data.new, rule, row)
            yield from (_confirmed(move, case) for move in HOWS[rule.how](case))


def _rows(rule: Rule, values: Values) -> Iterable[int | None]:
    table, _, column = rule.source.partition(".")
    return range(row_count(table, values)) if column else (None,)


def _confirmed(move: Move, case: Case) -> Move:
    """The move, asked when the rule takes it for a candidate only, or when the world has moved on since."""
    if case.setting("candidate", False) and not move.asked:
        reason = Reason("carried_candidate", {"old": case.shown})
        return replace(move, fate=Fate.CANDIDATE, asked=True, reasons=(*move.reasons, reason))
    stale = case.setting("confirm", False) or case.value in case.setting("confirm_for", ())
    if not stale or move.asked:
        return move
    return replace(move, asked=True, reasons=(*move.reasons, Reason("carried_stale")))


def _merged(moves: Iterable[Move]) -> dict[str, Move]:
    """One move for each path: the first one's value, the most doubtful fate, all that speaks beside it."""
    merged: dict[str, Move] = {}
    for move in moves:
        merged[move.path] = _together(merged[move.path], move) if move.path in merged else move
    return merged


def _together(one: Move, other: Move) -> Move:
    others = dict.fromkeys((*one.others, other.value, *other.others))
    return Move(
        one.path,
        max((one.fate, other.fate), key=list(Fate).index),
        one.value,
        tuple(dict.fromkeys((*one.sources, *other.sources))),
        tuple(value for value in others if value not in BLANKS and value != one.value),
        (*one.reasons, *(reason for reason in other.reasons if reason not in one.reasons)),
        one.asked or other.asked,
    )


def _missing(new: Edition, moves: Mapping[str, Move], rows: Mapping[str, int]) -> Iterator[Move]:
    """What the new form wants and the old one has not."""
    for path in _paths(new, rows):
        if new.field(path).required and path not in moves:
            yield Move(path, Fate.MISSING, reasons=(Reason("carried_missing"),), asked=True)


def _unasked(new: Edition, moves: Mapping[str, Move]) -> Iterator[Move]:
    """What the new form has beside, not required: to be collected when there is time."""
    for field in new.on_paper:
        if not field.is_rows and field.key not in moves:
            yield Move(field.key, Fate.UNASKED)


def _lost(data: CarryOver, values: Values) -> Iterator[Move]:
    """The old values that have no place but the remarks: those of rules with a `remark`, and of no rule."""
    for rule in data.rules:
        for row in _rows(rule, values) if "remark" in rule.settings else ():
            case = Case(data.old, values, data.new, rule, row)
            yield from (_to_remarks(data, case, word) for word in _kept_words(case))
    known = {rule.source for rule in data.rules}
    for path, value in values.items():
        table, _, rest = path.partition(".")
        named = f"{table}.{rest.partition('.')[2]}" if rest else path
        if named not in known and value not in BLANKS and data.old.has(path):
            field = data.old.field(path)
            yield _line(data, path, f"{field.label}：{kinds.show(value, field)}")


def _kept_words(case: Case) -> tuple[str, ...]:
    """The old words that go into the remarks: all, or those that the rule names."""
    if case.value in BLANKS:
        return ()
    only = case.setting("remark_for", None)
    if only is None:
        return (case.shown,)
    entries = case.value if isinstance(case.value, tuple) else (case.shown,)
    return tuple(entry for entry in entries if entry in only)


def _to_remarks(data: CarryOver, case: Case, word: str) -> Move:
    return _line(data, case.source, str(case.setting("remark", "")).format(value=word))


def _line(data: CarryOver, source: str, text: str) -> Move:
    return Move(data.remarks or "", Fate.LOST, text, (source,))


def _with_remarks(data: CarryOver, moves: dict[str, Move], lost: Iterable[Move]) -> dict[str, Move]:
    """The moves with the lost values added to what the remarks hold already."""
    lines = [str(move.value) for move in lost if move.path]
    if data.remarks is None or not lines:
        return moves
    stood = moves.get(data.remarks, Move(data.remarks, Fate.RENAMED))
    text = "；".join(filter(None, (str(stood.value or ""), *dict.fromkeys(lines))))
    return moves | {data.remarks: replace(stood, fate=Fate.RENAMED, value=text)}


def _paths(new: Edition, rows: Mapping[str, int]) -> Iterator[str]:
    """Every path of the new form in the paper's order, of tables those of the rows that are filled."""
    for field in new.on_paper:
        if not field.is_rows:
            yield field.key
        for index in range(rows.get(field.key, 0)):
            yield from (row_path(field.key, index, column.key) for column in field.fields)


_SURENESS = {Fate.LOSSLESS: 1.0, Fate.RENAMED: 1.0, Fate.CANDIDATE: 0.5}


def _reading(data: CarryOver, values: Values, move: Move | None) -> Reading:
    """A move as a draft's reading; the old values stand where a paper's text would."""
    if move is None:
        return Reading(None)
    share = 1 / (len(move.others) + 1)
    return Reading(
        move.value,
        "；".join(_shown(data.old, source, values) for source in move.sources),
        _SURENESS.get(move.fate, 0.0),
        move.asked,
        move.reasons,
        tuple(Alternative(other, share) for other in move.others),
    )


def _shown(old: Edition, path: str, values: Values) -> str:
    field = old.field(path)
    return f"{field.label}：{kinds.show(values.get(path), field)}"
