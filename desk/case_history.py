"""The history of a medical case in words: an event comes in, what changed on which paper goes out.

No key of the store or of an edition is shown: what this edition does not name is called so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from desk import phrases
from records import kinds
from records.archive import Event
from records.case import asks
from records.editions import Edition
from records.masking import mask
from records.medical import NO, YES, scan_of
from records.medical_aid import MedicalAid, medical_aid
from records.values import Value

Hide = Callable[[str, Value, str], str]
"""A path, its value and its text come in, the text that may be shown goes out."""


def event_line(edition: Edition, event: Event, hide: Hide = lambda path, value, text: text) -> str:
    """What changed: which thing of which paper, from what to what; `hide` hides what is private."""
    before, after = (
        hide(event.path, value, shown(edition, event.path, value)) or phrases.BLANK
        for value in (event.before, event.after)
    )
    return phrases.CASE_EVENT.format(place=place(edition, event.path), before=before, after=after)


def place(edition: Edition, path: str) -> str:
    """What stands at a path of a case."""
    head, _, rest = path.partition(".")
    if head == "given":
        return phrases.CASE_GIVEN_FACT.format(ask=_ask(edition, rest))
    if head != "papers":
        return phrases.CASE_FACTS.get(head, phrases.CASE_FACT_UNKNOWN)
    number, _, fact = rest.partition(".")
    labels = phrases.CASE_FACTS | {asked.key: asked.label for asked in medical_aid(edition).fields}
    return phrases.CASE_PAPER_FACT.format(paper=number, fact=labels.get(fact, phrases.CASE_FACT_UNKNOWN))


def _ask(edition: Edition, key: str) -> str:
    """A question that no paper answers, or a way to read the notice, which has a number for a name."""
    if key in _ways(edition):
        return phrases.CASE_WAY.format(name=key)
    return next((ask.label for ask in asks(edition) if ask.key == key), phrases.CASE_ASK_UNKNOWN)


def _ways(edition: Edition) -> dict[str, dict[str, str]]:
    """Where a notice can be read in several ways: what each is."""
    return {
        name: entry["texts"]
        for name, entry in edition.eligibility.get("assumptions", {}).items()
        if "texts" in entry
    }


def shown(edition: Edition, path: str, value: Value) -> str:
    """A value at a path of a case as a clerk reads it, long numbers masked; empty when blank."""
    return "" if value is None else mask("、".join(_texts(edition, path, value)))


def _texts(edition: Edition, path: str, value: Value) -> Iterator[str]:
    head, _, key = path.partition(".")
    if head == "given":
        yield _answer(edition, key, value)
        return
    aid, fact = medical_aid(edition), path.rpartition(".")[2]
    parts = value if isinstance(value, tuple) else (value,)
    if head == "papers" and fact in _CODED:
        yield from (_CODED[fact](aid, str(part)) for part in parts)
    else:
        asked = next((one for one in aid.fields if head == "papers" and one.key == fact), None)
        yield kinds.show(value, asked) if asked else "、".join(map(str, parts))


def _answer(edition: Edition, key: str, value: Value) -> str:
    way = _ways(edition).get(key)
    if way is not None:
        return way.get(str(value), phrases.CASE_ANSWER_UNKNOWN)
    ask = next((one for one in asks(edition) if one.key == key), None)
    return str(value) if ask is None else kinds.show(value, ask)


def _kind(aid: MedicalAid, key: str) -> str:
    return next((one.label for one in aid.papers if one.kind == key), phrases.CASE_KIND_UNKNOWN)


def _seal(aid: MedicalAid, key: str) -> str:
    return next((one.label for one in aid.seals if one.key == key), phrases.CASE_SEAL_UNKNOWN)


def _seen(_: MedicalAid, key: str) -> str:
    return {YES: phrases.CASE_THERE, NO: phrases.CASE_NOT_THERE}.get(key, phrases.CASE_ANSWER_UNKNOWN)


def _scan(_: MedicalAid, text: str) -> str:
    scan = scan_of(text)
    pages = "、".join(map(str, scan.pages))
    number = scan.sha256[:8].upper()
    return phrases.CASE_SCAN_PAGES.format(number=number, pages=pages) if pages else number


_CODED: dict[str, Callable[[MedicalAid, str], str]] = {
    "kind": _kind,
    "seals": _seal,
    "original": _seen,
    "copy": _seen,
    "scans": _scan,
}
