"""What a clerk tells of a medical case comes in, as words of a command or as a JSON file; a case goes out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desk import phrases
from desk.usage import misuse
from records.drafts import Origin
from records.errors import Refused, Unreadable
from records.medical import NO, YES, MedicalCase, add_paper, scan_text
from records.parsing import is_blank
from records.values import Value

if TYPE_CHECKING:
    from records.medical_aid import MedicalAid

_CASE_KEYS = frozenset({"year", "illness", "help", "given", "papers"})
_BESIDES = frozenset({"kind", "files", "pages", "original", "copy", "seals"})
Keep = Callable[[Path, tuple[int, ...]], Origin]


def facts(
    aid: MedicalAid, told: Mapping[str, str | None], original: bool | None, copy: bool | None
) -> dict[str, Value]:
    """The facts that were told, in normal form; `-` makes one blank. Raises Refused."""
    found = {
        key: None if is_blank(text) else aid.read(key, text) for key, text in told.items() if text is not None
    }
    return found | {
        key: YES if seen else NO for key, seen in (("original", original), ("copy", copy)) if seen is not None
    }


def seal_keys(aid: MedicalAid, names: Iterable[str]) -> tuple[str, ...]:
    """The keys of seals named by label or key, in the notice's order. Raises Refused."""
    named = {aid.seal(name).key for name in names}
    return tuple(seal.key for seal in aid.seals if seal.key in named)


def pages(text: str) -> tuple[int, ...]:
    """`1-3,5` as page numbers; empty for a blank. Raises UsageError."""
    found: list[int] = []
    for part in filter(None, re.split("[,，、]", text.replace(" ", ""))):
        ends = re.fullmatch("([1-9][0-9]{0,3})(?:-([1-9][0-9]{0,3}))?", part)
        if not ends or int(ends[2] or ends[1]) < int(ends[1]):
            raise misuse(phrases.CASE_PAGES_WRONG)
        found += range(int(ends[1]), int(ends[2] or ends[1]) + 1)
    return tuple(dict.fromkeys(found))


def pair(text: str) -> tuple[str, str]:
    """`name=content`. Raises UsageError."""
    name, equals, content = text.partition("=")
    if not equals:
        raise misuse(phrases.CHECK_GIVEN_WRONG)
    return name.strip(), content.strip()


def read_case(file: Path, aid: MedicalAid, case: MedicalCase, keep: Keep) -> MedicalCase:
    """The case with everything that a JSON file tells; files of papers are named beside it.

    Raises Unreadable, and Refused: `no_such_fact`, `no_such_kind`, `no_such_seal`, `fact_unreadable`.
    """
    told = _object(file)
    _known(told, _CASE_KEYS)
    case = replace(
        case,
        year=int(told.get("year") or case.year),
        illness=_line(told.get("illness")) or case.illness,
        help=_line(told.get("help")) or case.help,
        given={**case.given, **{key: _line(answer) for key, answer in (told.get("given") or {}).items()}},
    )
    for entry in told.get("papers") or ():
        case = _with_paper(case, aid, entry, file.parent, keep)
    return case


def _with_paper(
    case: MedicalCase, aid: MedicalAid, entry: dict[str, Any], folder: Path, keep: Keep
) -> MedicalCase:
    texts = {key: _line(value) for key, value in entry.items() if key not in _BESIDES}
    told = facts(aid, texts, entry.get("original"), entry.get("copy"))
    told["seals"] = seal_keys(aid, entry.get("seals") or ()) or None
    kept = [keep(folder / name, tuple(entry.get("pages") or ())) for name in entry.get("files") or ()]
    told["scans"] = tuple(map(scan_text, kept)) or None
    return add_paper(case, aid.asked(str(entry.get("kind"))).kind, told)


def _object(file: Path) -> dict[str, Any]:
    try:
        told = json.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(file=file, what="JSON") from error
    if not isinstance(told, dict) or not all(isinstance(one, dict) for one in told.get("papers") or ()):
        raise Unreadable(file=file, what="JSON")
    return told


def _known(told: Mapping[str, Any], known: Iterable[str]) -> None:
    unknown = sorted(told.keys() - set(known))
    if unknown:
        raise Refused("no_such_fact", fact=unknown[0], known="、".join(sorted(known)))


def _line(value: object) -> str | None:
    return None if value is None else str(value)
