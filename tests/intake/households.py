"""Households as a recogniser sees them: invented people in, readings with misread figures out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from bench.people import household
from intake.guessing import guess
from records import kinds
from records.drafts import Alternative, Reading
from records.editions import Edition
from records.evidence import Evidence, Way
from records.values import Value, Values, split_path
from tests.intake.recognised import line_of

ALIKE = dict(zip("0123456789", ("689", "74", "73", "85", "91", "36", "05", "12", "36", "74"), strict=True))
FIGURES = ("id_number", "date", "money", "integer")


@dataclass(frozen=True, slots=True)
class Seen:
    """A household's values and what was read of them; `spoilt` is the path whose figure was misread."""

    truth: Values
    readings: dict[str, Reading]
    spoilt: str | None


def seen(edition: Edition, random: Random, spoil: str | None = None, old: bool = False) -> Seen:
    """A household with every figure a little doubtful; one figure of a cell of kind `spoil` misread.

    `old` gives the household numbers of 15 digits.
    """
    truth = dict(household(edition, random))
    if old:
        truth |= {path: f"{value[:6]}{value[8:17]}" for path, value in _numbers(truth, edition).items()}
    paths = [path for path, value in truth.items() if value is not None and _kind(edition, path) == spoil]
    spoilt = random.choice(paths) if paths else None
    readings = {
        path: _read(edition, path, value, random, path == spoilt)
        for path, value in truth.items()
        if value is not None
    }
    return Seen(truth, readings, spoilt)


def _numbers(truth: Values, edition: Edition) -> dict[str, str]:
    return {
        path: value
        for path, value in truth.items()
        if isinstance(value, str) and _kind(edition, path) == "id_number" and value[6:8] == "19"
    }


def _kind(edition: Edition, path: str) -> str:
    rows, index, _ = split_path(path)
    return edition.field(rows).kind if index is None else edition.field(path).kind


def _read(edition: Edition, path: str, value: Value, random: Random, spoil: bool) -> Reading:
    field = edition.field(path)
    if field.kind in FIGURES:
        written = kinds.show(value, field)
        doubts = _doubts(written, random)
        if spoil:
            written, wrong = _misread(written, random)
            doubts |= wrong
        return guess([line_of(written, doubts=doubts)], field)
    reading = Reading(value, str(value), random.choice((0.998, 0.99, 0.95)), evidence=Evidence(Way.CHOICE))
    if field.kind == "choice" and field.choices:
        other = random.choice([entry for entry in field.choices if entry != value])
        left = 1 - reading.confidence
        return replace(reading, alternatives=(Alternative(other, left * 0.7),))
    return reading


def _doubts(written: str, random: Random) -> dict[int, dict[str, float]]:
    """For some figures, what else they might be."""
    places = [place for place, char in enumerate(written) if char in ALIKE and random.random() < 0.15]
    return {
        place: {random.choice(ALIKE[written[place]]): random.choice((0.3, 0.1, 0.02))} for place in places
    }


def _misread(written: str, random: Random) -> tuple[str, dict[int, dict[str, float]]]:
    """One figure taken for another, the right one more or less in sight."""
    place = random.choice([place for place, char in enumerate(written) if char in ALIKE])
    right = written[place]
    pool = ALIKE[right] if random.random() < 0.8 else "0123456789".replace(right, "")
    wrong = random.choice(pool)
    sight = random.choice((0.45, 0.3, 0.1, 0.02, 0.001, 0.00001))
    return f"{written[:place]}{wrong}{written[place + 1 :]}", {place: {right: sight}}
