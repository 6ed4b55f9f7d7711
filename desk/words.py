"""Words: a code with its facts comes in, a Chinese sentence for a clerk goes out.

Every error, reason, finding and problem of the other rooms has its sentence in
`words.toml`, each with what to do next; nothing else in the house knows a
sentence. What the commands themselves say stands in `desk.phrases`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from desk import phrases
from records.editions import Edition
from records.errors import DanganError
from records.findings import Finding, Reason, Severity
from records.kinds import show
from records.masking import mask
from records.processes import process as find_process
from records.values import Value, split_path

if TYPE_CHECKING:
    from records.audit import AuditLine

OK, FAILED, USAGE, UNEXPECTED, INTERRUPTED = 0, 1, 2, 70, 130
"""The exit codes: done; some file or record failed; wrong usage; a fault of ours; stopped by the clerk."""

_TABLES = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
SENTENCES: Mapping[str, str] = MappingProxyType(_TABLES["sentences"])
"""What is wrong and what to do, by the code of an error, a reason, a finding or a problem."""
PAGES: Mapping[str, str] = MappingProxyType(_TABLES["pages"])
"""The same as a page says it, where the sentence names a command."""
OUTSIDE: Mapping[str, str] = MappingProxyType(_TABLES["outside"])
"""What the system says in English among the facts, in Chinese."""
WHYS: Mapping[str, str] = MappingProxyType(_TABLES["whys"])
"""Why an event of a record's history happened, by the store's code."""
VERDICTS: Mapping[str, str] = MappingProxyType(_TABLES["verdicts"])
"""Yes, no and undetermined."""
ROLES: Mapping[str, str] = MappingProxyType(_TABLES["roles"])
"""What an account is."""
DEEDS: Mapping[str, str] = MappingProxyType(_TABLES["deeds"])
"""What somebody looked at or did, by the code in the audit log."""
SUBJECTS: Mapping[str, str] = MappingProxyType(_TABLES["subjects"])
"""What a line of the audit log is about."""
SEVERITIES: Mapping[str, str] = MappingProxyType(_TABLES["severities"])
"""How much a finding weighs."""
NO_SENTENCE = "no_sentence"


def exit_code(error: DanganError) -> int:
    """The exit status of a command that this error stopped."""
    return UNEXPECTED if error.code == "unexpected" else FAILED


def error(error: DanganError, edition: Edition | None = None) -> str:
    """What went wrong and what to do, with identity and card numbers masked."""
    return mask(sentence(error.code, error.facts, edition))


def reason(reason: Reason, edition: Edition | None = None) -> str:
    """Why a reading wants a look, or why a page or a file gave no form."""
    return sentence(reason.code, reason.facts, edition)


def on_page(told: DanganError | Reason) -> str:
    """An error or a reason as a page says it, with identity and card numbers masked."""
    if told.code in PAGES:
        return mask(PAGES[told.code].format_map(_Told(told.facts)))
    return mask(sentence(told.code, told.facts))


def finding(finding: Finding, edition: Edition) -> str:
    """What is wrong with a form, led by the rows (from 1) and the field that it is about."""
    known = [path for path in finding.paths if edition.has(path)]
    facts = {"fields": ",".join(finding.paths)} | dict(finding.facts)
    if known and facts.get("label") == edition.field(known[0]).label:
        facts["label"] = label(edition, known[0])
    told = sentence(finding.rule, facts, edition)
    where = [one for one in _places(known, edition) if one not in told]
    return f"{'、'.join(where)}：{told}" if where else told


def _places(paths: Sequence[str], edition: Edition) -> list[str]:
    """The label of each row's first path; of the path of a single plain field."""
    cells = {split_path(path)[:2]: path for path in reversed(paths) if split_path(path)[1] is not None}
    shown = list(reversed(cells.values())) or list(paths if len(paths) == 1 else ())
    return [label(edition, path) for path in shown]


def sentence(code: str, facts: Mapping[str, str], edition: Edition | None = None) -> str:
    """The sentence of a code, filled with its facts; paths among them become the edition's labels."""
    if code not in SENTENCES:
        return SENTENCES[NO_SENTENCE].format(code=code)
    return SENTENCES[code].format_map(_Told({key: _named(fact, edition) for key, fact in facts.items()}))


def edition(edition: Edition) -> str:
    """An edition among others: its title and year."""
    return phrases.EDITION_NAMED.format(title=edition.title, year=edition.dated[:4])


def why(code: str) -> str:
    """Why an event happened: the sentence of a code of the store, or the clerk's own words."""
    return WHYS.get(code, code)


def severity(severity: Severity) -> str:
    """How much a finding weighs."""
    return SEVERITIES[severity]


def deed(code: str) -> str:
    """What somebody looked at or did."""
    return DEEDS.get(code, code)


def subject(text: str) -> str:
    """What a line of the log is about, as people call it."""
    sort, _, number = text.partition(":")
    return SUBJECTS[sort].format(number=number) if sort in SUBJECTS else text


def subject_of(told: str) -> str:
    """What people call a subject, as the log names it; any other text as it is."""
    bare = told.strip()
    for sort, called in SUBJECTS.items():
        number = bare.removeprefix(called.partition("{")[0].strip()).strip()
        if number != bare and number.isascii() and number.isalnum():
            return f"{sort}:{number}"
    return bare


def audit_line(line: AuditLine) -> tuple[str, ...]:
    """A line of the log as people read it, under `phrases.AUDIT_HEADS`."""
    when = line.when.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return str(line.number), when, line.who, deed(line.what), subject(line.subject), subject(line.detail)


def process(edition: Edition, name: str) -> str:
    """The label of a process."""
    return find_process(edition, name).label


def state(edition: Edition, process_name: str, name: str) -> str:
    """The label of a state of a process."""
    return find_process(edition, process_name).state(name).label


def label(edition: Edition, path: str) -> str:
    """The label of a field; for a table's cell also its row, counted from 1."""
    rows, index, _ = split_path(path)
    asked = edition.field(path)
    return asked.label if index is None else f"{edition.field(rows).row}{index + 1}·{asked.label}"


def labels(edition: Edition, paths: Iterable[str]) -> str:
    """The labels of several fields."""
    return "、".join(label(edition, path) for path in paths)


def value(edition: Edition, path: str, value: Value) -> str:
    """A value as a clerk reads it; empty when blank."""
    return show(value, edition.field(path))


def _named(fact: str, edition: Edition | None) -> str:
    """A fact that lists paths of the edition, as their labels; any other as it is."""
    paths = fact.split(",")
    if edition is not None and all(edition.has(path) for path in paths):
        return labels(edition, paths)
    return OUTSIDE.get(fact, fact)


class _Told(dict[str, str]):
    """Facts, of which a sentence may name more than an error brought."""

    def __missing__(self, key: str) -> str:
        return "…"
