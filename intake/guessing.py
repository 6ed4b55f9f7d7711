"""Guessing a value: the lines of a cell and the field that asks in, a `Reading` without its source out.

Where the engine hands out probabilities, what may stand in the cell is
weighed against them; where it has only text, the text is parsed and its
confidence taken for what it is. Every doubt gets a reason.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import permutations, product
from types import MappingProxyType

from rapidfuzz import fuzz, process

from intake import decode, priors
from intake.decode import Guess
from intake.engine import Line, Scores
from intake.evidence import seen
from records import kinds
from records.drafts import Alternative, Reading
from records.evidence import Evidence, Way
from records.findings import Reason, Severity
from records.forms import Field
from records.known import NOTHING_KNOWN, Known
from records.values import Value, narrow

REVIEW_BELOW = 0.9
"""A value in which the decoder itself believes less is doubted: read again, weighed by the household.

What a clerk is shown follows from `intake.calibration` in the end.
"""
_BLANK_CONFIDENCE = 0.99
_FEW = 4
_MANY = 12
"""Alternatives kept of a number, which other fields may decide between."""
_MOST_COMBINED = 600
_WIDE = 64
_KIN = 0.01
"""How much a digit counts for one that a pen writes alike, where a check digit tells them apart."""
_WRONG, _ODD = -8.0, -4.0
"""How seldom a clerk writes what is wrong, or odd, for its kind: natural logarithms."""
FIGURES = frozenset(("id_number", "bank_card", "phone", "code", "date", "money", "number", "integer"))
"""Kinds that are written over a small alphabet."""
_FAINTEST = 1e-6
_SPECKS = "·.`'´‘’,，、-—_|~^*˙•\"“”:：;；"
_SEPARATORS = "、，,；;"
_OPTION_NUMBERS = frozenset("0123456789、，,；;.")
_NEAR = 4


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A value in the running: its text, its normal form, its share of the probability."""

    text: str
    value: Value
    share: float


def blank() -> Reading:
    """A cell without ink."""
    return Reading(None, "", _BLANK_CONFIDENCE, evidence=Evidence(Way.BLANK))


def guess(
    lines: Sequence[Line],
    field: Field,
    closer: Sequence[Sequence[Line]] = (),
    known: Known | None = NOTHING_KNOWN,
) -> Reading:
    """The value that the lines of a cell are likeliest to say.

    `closer` are the same lines as read from other crops, because they were
    doubtful, the best for words last; `known` are words that are known to stand
    on such forms, None where the picture alone is to tell free text.
    """
    written = _written(lines)
    if not written:
        return blank() if not lines else _faint(lines)
    looks = [look for look in map(_written, closer) if look] or [written]
    best = looks[-1]
    raw = "".join(line.text for line in best)
    if any(line.scores is None for look in looks for line in look):
        reading = _from_text(raw, min(line.confidence for line in best), field)
        return replace(reading, evidence=seen(reading, best, field))
    scores = _scores(best)
    if field.kind in FIGURES and kinds.alphabet(field) is not None:
        reading = _guess_figures([_scores(look) for look in looks], raw, field)
    elif field.kind == "text" and known is not None:
        reading = _guess_text(scores, best, raw, field, known)
    else:
        reading = _GUESSERS.get(field.kind, _guess_plain)(scores, best, raw, field)
    return replace(reading, evidence=seen(reading, best, field, scores))


def _written(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if line.text.strip(_SPECKS + " ")]


def _scores(lines: Sequence[Line]) -> Scores:
    return decode.joined([line.scores for line in lines if line.scores is not None])


def _faint(lines: Sequence[Line]) -> Reading:
    """Ink in which the engine saw no character: a speck, or something unread."""
    raw = "".join(line.text for line in lines)
    return Reading(None, raw, 0.6, True, (Reason("ink_unread"),), evidence=Evidence(Way.UNREAD))


def _from_text(raw: str, confidence: float, field: Field) -> Reading:
    """A reading of an engine without probabilities: weighed by edit distance alone."""
    text = _without_specks(raw)
    parsed = kinds.parse(text, field)
    if field.kind == "choice" and parsed.value not in field.choices:
        near = max(field.choices, key=lambda entry: fuzz.ratio(entry, text))
        likeness = fuzz.ratio(near, text) / 100
        if likeness >= 0.5:
            return _judged(raw, near, confidence * likeness, field, (), (Reason("nearest_entry"),))
    return _parsed(raw, text, confidence, field)


def _guess_choice(scores: Scores, lines: Sequence[Line], raw: str, field: Field) -> Reading:
    spellings = _spellings(field)
    guesses = decode.weigh(scores, spellings)
    ranked = _ranked(guesses, lambda text: spellings[text])
    best = ranked[0]
    said = _without_specks(raw)
    if not field.enforced and _is_clearly_other(scores, guesses[0], lines, said):
        return _parsed(raw, said, min(line.confidence for line in lines) * 0.8, field)
    fit = _fit(scores, guesses[0], raw)
    return _judged(raw, best.value, best.share * fit, field, ranked[1:], said=guesses[0])


def _guess_choices(scores: Scores, lines: Sequence[Line], raw: str, field: Field) -> Reading:
    """A set of entries, by their words or by their printed numbers, whichever the picture speaks for."""
    combined = _combinations(field, raw)
    guesses = decode.weigh(scores, combined)
    if field.numbered:
        figures = _guess_figures([scores], raw, field, _OPTION_NUMBERS)
        numbers = decode.spell([scores], _OPTION_NUMBERS)
        if not guesses or (numbers and numbers[0].log_probability > guesses[0].log_probability):
            return figures
    if not guesses:
        return _parsed(raw, raw, _mean(lines), field)
    ranked = _ranked(guesses, lambda text: combined[text])
    sure = ranked[0].share * _fit(scores, guesses[0], raw)
    return _judged(raw, ranked[0].value, sure, field, ranked[1:], said=guesses[0])


def _guess_figures(
    looks: Sequence[Scores], raw: str, field: Field, alphabet: Collection[str] | None = None
) -> Reading:
    """A value over a small alphabet: the likeliest string, by the picture and by what its kind says of it."""
    allowed = alphabet or kinds.alphabet(field) or ()
    share = max(decode.share(look, allowed) for look in looks)
    guesses = _spelled(looks, allowed, field)
    if not guesses or share < 0.25:
        return replace(_parsed(raw, _without_specks(raw), 0.3, field), review=True)
    believed = sorted(
        (Guess(one.text, one.log_probability + _belief(one.text, field)) for one in guesses),
        key=lambda one: -one.log_probability,
    )
    best = next(one for one in guesses if one.text == believed[0].text)
    ranked = _ranked(believed, lambda text: kinds.parse(text, field).value)
    repaired = () if best == guesses[0] else (Reason("repaired", _facts(read=guesses[0].text)),)
    trust = math.exp(min(0.0, best.log_probability - guesses[0].log_probability)) * share
    sure = ranked[0].share * trust
    reading = _judged(raw, ranked[0].value, sure, field, ranked[1:], repaired, best, _MANY)
    if reading.evidence is not None:
        reading = replace(reading, evidence=replace(reading.evidence, inside=share))
    return _parsed_like(reading, best.text, field)


def _spelled(looks: Sequence[Scores], allowed: Collection[str], field: Field) -> list[Guess]:
    """The likeliest strings, searched more widely when the first of them cannot be right."""
    kin = _KIN if field.kind in ("id_number", "bank_card") else 0.0
    guesses = decode.spell(looks, allowed, kin=kin)
    if guesses and _belief(guesses[0].text, field) == 0.0:
        return guesses
    return decode.spell(looks, allowed, _WIDE, kin)


def _belief(text: str, field: Field) -> float:
    """How much less likely a text is to be written for what its kind finds wrong with it, a logarithm."""
    parsed = kinds.parse(text, field)
    severities = {problem.severity for problem in parsed.problems}
    asked = field.lengths and isinstance(parsed.value, str) and len(parsed.value) not in field.lengths
    if parsed.value is None or Severity.ERROR in severities or asked:
        return _WRONG
    return _ODD if Severity.WARNING in severities else 0.0


def _guess_text(scores: Scores, lines: Sequence[Line], raw: str, field: Field, known: Known) -> Reading:
    """Words; where the picture leaves a doubt, what is known to stand on such forms may decide it.

    Then a clerk looks: what is on file is no proof that the same was written again.
    """
    reading = _worded(scores, lines, raw, field, NOTHING_KNOWN)
    if not known.get(field.prior or "") or not _wavers(reading):
        return reading
    again = _worded(scores, lines, raw, field, known)
    if again.value == reading.value or again.evidence is None or reading.evidence is None:
        return reading
    told = Reason("known_preferred", _facts(other=reading.value))
    evidence = replace(again.evidence, usual=reading.evidence.usual, margin=0.0)
    reasons = (*again.reasons, told)
    return replace(again, confidence=_TIPPED, review=True, reasons=reasons, evidence=evidence)


def _wavers(reading: Reading) -> bool:
    """Whether another text is so near that what is known may tip the balance."""
    return reading.evidence is not None and reading.evidence.margin < _NEAR_ENOUGH


def _worded(scores: Scores, lines: Sequence[Line], raw: str, field: Field, known: Known) -> Reading:
    """The text that the picture and the words usual in such a field together speak for."""
    guesses = decode.compose(scores, partial(priors.language, field.prior, known=known))
    ranked = _ranked(guesses, lambda text: _parsed_text(text, raw, field)) if guesses else []
    if not ranked or ranked[0].value is None:
        return _guess_plain(scores, lines, raw, field)
    best = guesses[0]
    fit = decode.weights_of(scores, [best.text])[0]
    usual = (best.log_probability - fit) / max(len(best.text), 1)
    certainty = _certainty(lines)
    sure = ranked[0].share * certainty ** (_USUAL_POWER if usual > _USUAL else 1.0)
    if field.prior == "person" and _is_odd_name(best.text, usual, certainty):
        sure = min(sure, _ODD_NAME)
    reading = _judged(raw, ranked[0].value, sure, field, ranked[1:])
    if reading.evidence is None:
        return reading
    likelihood = fit / max(len(best.text), 1)
    return replace(reading, evidence=replace(reading.evidence, usual=usual, likelihood=likelihood))


def _is_odd_name(name: str, usual: float, certainty: float) -> bool:
    """Whether a name is so seldom that a likelier one may have been meant."""
    return not priors.may_be_a_name(name) or (usual < _RARE and certainty < _CLEAR)


def _parsed_text(text: str, raw: str, field: Field) -> Value:
    """The value of a folded text, its Chinese signs as the engine read them."""
    signs = {decode.fold(sign): sign for sign in _KEPT if sign in raw}
    return kinds.parse("".join(signs.get(char, char) for char in _without_specks(text)), field).value


def _guess_plain(scores: Scores, lines: Sequence[Line], raw: str, field: Field) -> Reading:
    """The engine's own text, its characters in their one spelling."""
    text = "".join(decode.fold(char) if char not in _KEPT else char for char in _without_specks(raw))
    return _parsed(raw, text, _certainty(lines), field)


def _certainty(lines: Sequence[Line]) -> float:
    """How sure the engine is of its characters, the weakest one counting most."""
    weakest = min((glyph.confidence for line in lines for glyph in line.glyphs), default=0.0)
    return _mean(lines) * (0.5 + 0.5 * weakest)


_USUAL, _USUAL_POWER = 0.5, 0.4
"""From where on usual words make up for weak characters, and how far."""
_NEAR_ENOUGH = 7.0
"""What is known lifts a text by no more than this over another that differs in a character or two."""
_TIPPED = 0.6
"""How sure a text is that only what is known made the likelier one."""
_RARE, _CLEAR, _ODD_NAME = -1.2, 0.995, 0.85
"""How sure a name of rare characters can be that were not read quite clearly."""
_KEPT = frozenset("（）：；，。、！？“”‘’《》")
_Guesser = Callable[[Scores, Sequence[Line], str, Field], Reading]
_GUESSERS: Mapping[str, _Guesser] = MappingProxyType({"choice": _guess_choice, "choices": _guess_choices})


def _spellings(field: Field) -> dict[str, str]:
    """Every text that may stand for an entry of the list."""
    found = {entry: entry for entry in field.choices}
    found |= {other: entry for other, entry in field.synonyms.items() if entry in field.choices}
    if field.numbered:
        for number, entry in enumerate(field.choices, start=1):
            found |= {str(number): entry, f"{number}.{entry}": entry, f"{number}.": entry}
    return found


def _combinations(field: Field, raw: str) -> dict[str, tuple[str, ...]]:
    """Ways to write a few entries one after the other: all of few, the likeliest of more."""
    separator = next((char for char in raw if char in _SEPARATORS), "、")
    most = field.at_most or _FEW
    found: dict[str, tuple[str, ...]] = {}
    for size in range(1, most + 1):
        if math.perm(len(field.choices), size) + len(found) > _MOST_COMBINED:
            break
        for entries in permutations(field.choices, size):
            found[separator.join(entries)] = entries
    pieces = [piece for piece in re.split(f"[{_SEPARATORS}]", raw) if piece]
    if 2 < len(pieces) <= most:
        for entries in product(*(_near_entries(piece, field) for piece in pieces)):
            if len(set(entries)) == len(entries):
                found[separator.join(entries)] = entries
    return found


def _near_entries(piece: str, field: Field) -> list[str]:
    near = process.extract(decode.folded(piece), field.choices, scorer=fuzz.ratio, limit=_NEAR)
    return [entry for entry, _, _ in near]


def _ranked(guesses: Iterable[Guess], value_of: Callable[[str], Value]) -> list[_Weighed]:
    """Values by their share of the probability; spellings of one value add up."""
    listed = list(guesses)
    top = listed[0].log_probability
    weights = [math.exp(max(one.log_probability - top, -700.0)) for one in listed]
    shares: dict[Value, tuple[str, float]] = {}
    for one, weight in zip(listed, weights, strict=True):
        value = value_of(one.text)
        text, had = shares.get(value, (one.text, 0.0))
        shares[value] = (text, had + weight)
    total = sum(weights)
    ranked = sorted(shares.items(), key=lambda item: -item[1][1])
    return [_Weighed(text, value, weight / total) for value, (text, weight) in ranked]


def _fit(scores: Scores, best: Guess, raw: str) -> float:
    """How well an entry explains the picture beside the engine's own text: 1 as well, towards 0.5 worse."""
    own = decode.weigh(scores, [raw])[0].log_probability
    behind = max(0.0, own - best.log_probability) / max(len(best.text), 1)
    return 0.5 + 0.5 * math.exp(-behind / 4)


def _is_clearly_other(scores: Scores, best: Guess, lines: Sequence[Line], said: str) -> bool:
    """Whether a clear, confident, wholly different text stands where a list is only suggested."""
    if min(line.confidence for line in lines) < 0.85 or not said:
        return False
    own = decode.weigh(scores, [said])[0].log_probability
    behind = (own - best.log_probability) / max(len(said), 1)
    folded = "".join(decode.fold(char) for char in said)
    return behind > 5.0 and fuzz.ratio(folded, best.text) < 34


def _parsed(raw: str, text: str, confidence: float, field: Field) -> Reading:
    parsed = kinds.parse(text, field)
    others = tuple(_Weighed(str(value), value, 0.1) for value in parsed.candidates)
    return _parsed_like(_judged(raw, parsed.value, confidence, field, others), text, field)


def _parsed_like(reading: Reading, text: str, field: Field) -> Reading:
    """The reading with what the kind finds wrong with its text."""
    problems = kinds.parse(text, field).problems
    reasons = tuple(
        Reason(problem.code, problem.facts) for problem in problems if problem.severity is not Severity.INFO
    )
    if field.lengths and isinstance(reading.value, str) and len(reading.value) not in field.lengths:
        asked = "、".join(str(length) for length in field.lengths)
        reasons = (*reasons, Reason("id_length_asked", _facts(length=len(reading.value), asked=asked)))
    return replace(reading, reasons=reading.reasons + reasons, review=reading.review or bool(reasons))


def _judged(
    raw: str,
    value: Value,
    confidence: float,
    field: Field,
    others: Sequence[_Weighed] = (),
    reasons: tuple[Reason, ...] = (),
    said: Guess | None = None,
    most: int = _FEW,
) -> Reading:
    """A reading with its doubts; `said` is the text that its value was weighed as."""
    sure = min(max(confidence, 0.0), 0.998)
    doubt = () if sure >= REVIEW_BELOW else (Reason("unsure", _facts(percent=round(sure * 100))),)
    alternatives = tuple(
        Alternative(other.value, other.share)
        for other in others[:most]
        if other.value is not None and other.share > _FAINTEST
    )
    evidence = _weighed_evidence(others, said)
    return Reading(
        value, narrow(raw), sure, bool(doubt or reasons), reasons + doubt, alternatives, None, evidence
    )


def _weighed_evidence(others: Sequence[_Weighed], said: Guess | None) -> Evidence:
    """How far a value stands before the others, and how well its text fits the picture."""
    evidence = Evidence(Way.TEXT if said is None else Way.FIGURES)
    if others:
        first = max(1.0 - sum(other.share for other in others), 1e-9)
        margin = math.log(first / max(others[0].share, 1e-9))
        evidence = replace(evidence, margin=min(margin, evidence.margin))
    if said is None:
        return evidence
    return replace(evidence, likelihood=said.log_probability / max(len(said.text), 1))


def _without_specks(raw: str) -> str:
    """A text without the signs that specks at its ends were read as."""
    return raw.strip(_SPECKS + " ")


def _mean(lines: Sequence[Line]) -> float:
    return sum(line.confidence for line in lines) / len(lines)


def _facts(**facts: object) -> Mapping[str, str]:
    return MappingProxyType({key: str(fact) for key, fact in facts.items()})
