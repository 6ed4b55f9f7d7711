"""Kinds of values: how each is parsed from paper, checked, shown again, and what characters may write it.

In goes the text of a cell, or a value in normal form (`records.values`); out
come values, problems and candidates. `show` and `parse` round-trip.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Protocol

from records import choices, dates, identity, money
from records.choices import SEPARATOR, Piece
from records.forms import Field
from records.parsing import BLANK, Parsed, Problem, error, info, is_blank, read_digits, warning
from records.values import Value, narrow

__all__ = ["KINDS", "Kind", "Parsed", "Problem", "alphabet", "check", "parse", "show"]


class Kind(Protocol):
    """A kind of value. Every method takes the field that asks for it."""

    @property
    def name(self) -> str:
        """The word that editions use."""

    def parse(self, text: str, field: Field) -> Parsed:
        """The value of a cell that is not blank."""

    def check(self, value: Value, field: Field) -> tuple[Problem, ...]:
        """What is wrong with a value in normal form that is not None."""

    def show(self, value: Value, field: Field) -> str:
        """The text of a value in normal form that is not None."""

    def alphabet(self, field: Field) -> frozenset[str] | None:
        """The characters that may stand on paper; None when any may."""


def parse(text: str, field: Field) -> Parsed:
    """The value that a cell's text means for this field."""
    return BLANK if is_blank(text) else _kind(field).parse(text, field)


def check(value: Value, field: Field) -> tuple[Problem, ...]:
    """What is wrong with a value in normal form; nothing is wrong with a blank."""
    return () if value is None else _kind(field).check(value, field)


def show(value: Value, field: Field) -> str:
    """A value as a document prints it; a blank is an empty text."""
    return "" if value is None else _kind(field).show(value, field)


def alphabet(field: Field) -> frozenset[str] | None:
    """The characters that may stand in this field on paper; None when any may."""
    return _kind(field).alphabet(field)


def _kind(field: Field) -> Kind:
    return KINDS[field.kind]


def _wrong_type(value: Value, field: Field) -> tuple[Problem, ...]:
    return (error("wrong_type", text=value, kind=field.kind),)


_DIGITS = frozenset("0123456789")
_NUMBERS = _DIGITS | frozenset(".,，约左右多余无/—-零〇一二两三四五六七八九十百千万亿")
_CAPITALS = frozenset("壹贰叁肆伍陆柒捌玖拾佰仟整正圆角分")


@dataclass(frozen=True, slots=True)
class Text:
    """Words as written, widths made alike."""

    name: str = "text"

    def parse(self, text: str, field: Field) -> Parsed:
        """The text in normal form."""
        return Parsed(narrow(text) or None)

    def check(self, value: Value, field: Field) -> tuple[Problem, ...]:
        """Any words will do."""
        return () if isinstance(value, str) else _wrong_type(value, field)

    def show(self, value: Value, field: Field) -> str:
        """The text itself."""
        return str(value)

    def alphabet(self, field: Field) -> frozenset[str] | None:
        """Any."""
        return None


class Written(ABC):
    """A string that is kept as written even when it is wrong: subclasses say how it is normalised."""

    __slots__ = ()

    def normalise(self, text: str, field: Field) -> str:
        """The text without what is only filling."""
        return narrow(text)

    @abstractmethod
    def problems(self, text: str, field: Field) -> tuple[Problem, ...]:
        """What is wrong with a normalised text."""

    def candidates(self, text: str, field: Field) -> tuple[str, ...]:
        """What a wrong text may have been meant to be: letters read as digits."""
        meant = self.normalise(read_digits(text), field)
        return (meant,) if meant != text and not self.problems(meant, field) else ()

    def parse(self, text: str, field: Field) -> Parsed:
        """The normalised text with its problems."""
        value = self.normalise(text, field)
        problems = self.problems(value, field)
        return Parsed(value or None, problems, self.candidates(value, field) if problems else ())

    def check(self, value: Value, field: Field) -> tuple[Problem, ...]:
        """What is wrong with a stored text."""
        return self.problems(value, field) if isinstance(value, str) else _wrong_type(value, field)

    def show(self, value: Value, field: Field) -> str:
        """The text itself."""
        return str(value)


class Code(Written):
    """A number or code of a pattern: 职工编号, 邮政编码. No public rule fixes it, so a breach only warns."""

    __slots__ = ()
    name = "code"

    def normalise(self, text: str, field: Field) -> str:
        """The text without gaps."""
        return re.sub(r"\s", "", narrow(text)).upper()

    def problems(self, text: str, field: Field) -> tuple[Problem, ...]:
        """A code that does not fit the field's pattern."""
        if field.pattern is None or re.fullmatch(field.pattern, text):
            return ()
        return (warning("code_pattern", text=text, label=field.label),)

    def alphabet(self, field: Field) -> frozenset[str] | None:
        """The characters of which alone a code can be made; None when no single one can."""
        return _code_characters(field.pattern) if field.pattern else None


@cache
def _code_characters(pattern: str) -> frozenset[str] | None:
    printable = map(chr, range(33, 127))
    fitting = {char for char in printable if any(re.fullmatch(pattern, char * n) for n in range(1, 33))}
    return frozenset(fitting) or None


class Phone(Written):
    """A mobile, landline, local or service number, or several of them; an odd one only warns."""

    __slots__ = ()
    name = "phone"

    def normalise(self, text: str, field: Field) -> str:
        """The text with plain hyphens; a mobile number without country code and gaps."""
        written = re.sub(r"\s", "", narrow(text).translate(_HYPHENS))
        bare = re.sub(r"[-.]", "", re.sub(r"^(\+|00)?86-?(?=1[3-9])", "", written))
        return bare if _MOBILE.fullmatch(bare) else written

    def problems(self, text: str, field: Field) -> tuple[Problem, ...]:
        """A part that is no number of any sort."""
        odd = [part for part in _NUMBERS_APART.split(text) if not self._is_number(part, field)]
        return tuple(warning("phone_odd", text=part) for part in odd)

    def alphabet(self, field: Field) -> frozenset[str] | None:
        """Digits and what stands between them."""
        return _DIGITS | frozenset("-()（）+转/、，,；; ")

    @staticmethod
    def _is_number(part: str, field: Field) -> bool:
        if field.pattern:
            return re.fullmatch(field.pattern, part) is not None
        return any(shape.fullmatch(part) for shape in (_MOBILE, _LANDLINE, _SERVICE))


_HYPHENS = str.maketrans("‐‑‒–—―−－ー", "---------")
_NUMBERS_APART = re.compile("[/、，,；;]")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"(?:[(（]?0[0-9]{2,3}[)）]?-?)?[2-9][0-9]{6,7}(?:(?:-|转)[0-9]{1,6})?")
_SERVICE = re.compile(r"(?:400|800)-?[0-9]{3}-?[0-9]{4}|1[02][0-9]{3}|12[0-9]{3}")


class IdNumber(Written):
    """An identity number by GB 11643-1999; what it may stand for is only suggested."""

    __slots__ = ()
    name = "id_number"

    def normalise(self, text: str, field: Field) -> str:
        """The number without gaps, X for any cross."""
        return identity.normalise(text)

    def problems(self, text: str, field: Field) -> tuple[Problem, ...]:
        """What is wrong with the number by itself."""
        return identity.check(text)

    def candidates(self, text: str, field: Field) -> tuple[str, ...]:
        """The number with letters read as digits."""
        return identity.suggestions(text)

    def parse(self, text: str, field: Field) -> Parsed:
        """The number as written; the 18 digits behind 15 are a candidate where the form wants 18."""
        value = self.normalise(text, field)
        later = identity.upgraded(value) if field.lengths and 15 not in field.lengths else None
        candidates = (*self.candidates(value, field), *((later,) if later else ()))
        return Parsed(value or None, self.problems(value, field), candidates)

    def alphabet(self, field: Field) -> frozenset[str] | None:
        """Digits and the check digit ten."""
        return _DIGITS | frozenset("Xx×")


class BankCard(Written):
    """A bank card number; passbooks and some old cards fail the check digit, so it only warns."""

    __slots__ = ()
    name = "bank_card"

    def normalise(self, text: str, field: Field) -> str:
        """The number without gaps."""
        return re.sub(r"[\s\-.·]", "", narrow(text).translate(_HYPHENS))

    def problems(self, text: str, field: Field) -> tuple[Problem, ...]:
        """A text that is no number, of odd length, or failing the Luhn check."""
        if not re.fullmatch("[0-9]+", text):
            return (error("bank_card_characters", text=text),)
        if not 16 <= len(text) <= 19:
            return (warning("bank_card_length", text=text, length=len(text)),)
        return () if luhn(text) else (warning("bank_card_check_digit", text=text),)

    def alphabet(self, field: Field) -> frozenset[str] | None:
        """Digits and gaps."""
        return _DIGITS | frozenset(" -")


def luhn(number: str) -> bool:
    """Whether a string of digits passes the Luhn check (ISO/IEC 7812-1)."""
    doubled = (int(digit) * (2 - (place % 2 == 0)) for place, digit in enumerate(reversed(number)))
    return sum(double - 9 * (double > 9) for double in doubled) % 10 == 0


@dataclass(frozen=True, slots=True)
class Date:
    """A date as precise as the paper."""

    name: str = "date"

    def parse(self, text: str, field: Field) -> Parsed:
        """The date in any spelling."""
        parsed = dates.parse(text)
        if not isinstance(parsed.value, str):
            return parsed
        return Parsed(parsed.value, parsed.problems + _too_coarse(parsed.value, field), parsed.candidates)

    def check(self, value: Value, field: Field) -> tuple[Problem, ...]:
        """A text that is no date, or less precise than the form asks."""
        if not isinstance(value, str):
            return _wrong_type(value, field)
        return dates.check(value) or _too_coarse(value, field)

    def show(self, value: Value, field: Field) -> str:
        """The normal form."""
        return str(value)

    def alphabet(self, field: Field) -> frozenset[str] | None:
        """Digits, Chinese numerals, separators; the bracket that a printed sentence closes behind a date."""
        return _DIGITS | frozenset(".-/年月日号)〇○零一二三四五六七八九十廿卅元")


def _too_coarse(value: str, field: Field) -> tuple[Problem, ...]:
    asked = (field.precision or "year").split(" or ")
    steps = ("year", "month", "day")
    if steps.index(dates.precision(value)) >= min(steps.index(step) for step in asked):
        return ()
    return (warning("date_too_coarse", text=value, label=field.label),)


@dataclass(frozen=True, slots=True)
class Number:
    """A number with the words that may stand round it: money, areas, counts."""

    name: str
    words: money.Words

    def parse(self, text: str, field: Field) -> Parsed:
        """The number without its words."""
        return money.parse(text, self.words, field.unit)

    def check(self, value: Value, field: Field) -> tuple[Problem, ...]:
        """A negative number, or one with too many decimals."""
        return money.check(value, self.words) if isinstance(value, Decimal) else _wrong_type(value, field)

    def show(self, value: Value, field: Field) -> str:
        """The plain number, without a unit."""
        return money.show(value) if isinstance(value, Decimal) else str(value)

    def alphabet(self, field: Field) -> frozenset[str] | None:
        """Digits, numerals, and the words of this sort of number."""
        return _NUMBERS | frozenset(re.sub(r"[^\w¥￥]", "", self.words.before + self.words.after)) | _CAPITALS


class Listed:
    """What a choice and a set of choices have in common."""

    __slots__ = ()

    def alphabet(self, field: Field) -> frozenset[str] | None:
        """The characters of the list, when no others may be written."""
        if not field.enforced or field.other_text:
            return None
        numbers = _DIGITS | frozenset(".") if field.numbered else frozenset[str]()
        return choices.characters(field) | numbers | frozenset("、，,；; ()（）")

    @staticmethod
    def not_in_list(text: str, field: Field) -> Problem:
        """An error where the list is closed, a warning where it is only suggested."""
        return (error if field.enforced else warning)("choice_not_in_list", text=text, label=field.label)

    @staticmethod
    def notes(pieces: tuple[Piece, ...]) -> tuple[Problem, ...]:
        """What was written behind entries that want a note."""
        return tuple(
            info("choice_note", text=piece.note, entry=piece.entry) for piece in pieces if piece.note
        )


class Choice(Listed):
    """One entry of a list; of a suggested list also the text as written."""

    __slots__ = ()
    name = "choice"

    def parse(self, text: str, field: Field) -> Parsed:
        """The list's entry; an unlisted text is kept only where the list is a suggestion."""
        pieces, written = choices.find(text, field), narrow(text)
        if len(pieces) == 1 and pieces[0].entry:
            return Parsed(pieces[0].entry, self.notes(pieces))
        if written in field.accepts:
            return Parsed(written)
        named = tuple(dict.fromkeys(piece.entry for piece in pieces if piece.entry))
        problem = self._doubt(written, pieces, named, field)
        value = None if field.enforced or not written else written
        return Parsed(value, (problem,), tuple(dict.fromkeys((*named, *choices.nearest(text, field)))))

    def check(self, value: Value, field: Field) -> tuple[Problem, ...]:
        """A text that is no entry."""
        if not isinstance(value, str):
            return _wrong_type(value, field)
        known = not field.choices or value in (*field.choices, *field.accepts)
        return () if known else (self.not_in_list(value, field),)

    def show(self, value: Value, field: Field) -> str:
        """The entry itself."""
        return str(value)

    def _doubt(self, text: str, pieces: tuple[Piece, ...], named: tuple[str, ...], field: Field) -> Problem:
        if any(piece.contradicts for piece in pieces):
            return error("choice_number_contradicts", text=text, label=field.label)
        if len(named) > 1:
            return (error if field.enforced else warning)("choice_several", text=text, label=field.label)
        return self.not_in_list(text, field)


class Choices(Listed):
    """A set of entries, in the paper's order, no more than the form allows."""

    __slots__ = ()
    name = "choices"

    def parse(self, text: str, field: Field) -> Parsed:
        """All entries of the cell; an unlisted piece in a closed list leaves candidates but no value."""
        if narrow(text) in _NONE_CHOSEN and text not in field.synonyms:
            return Parsed(None, (info("choices_none_word", text=narrow(text)),))
        pieces = choices.find(text, field)
        wrong = tuple(piece for piece in pieces if piece.entry is None)
        entries = self._entries(pieces, field)
        problems = (*self._doubts(wrong, field), *self.notes(pieces), *self._bounds(entries, field))
        if wrong and field.enforced:
            return Parsed(None, problems, self._guesses(pieces, field))
        return Parsed(entries or None, problems)

    def check(self, value: Value, field: Field) -> tuple[Problem, ...]:
        """Texts that are no entries, entries said twice, and too many of them."""
        if not isinstance(value, tuple):
            return _wrong_type(value, field)
        unlisted = tuple(self.not_in_list(entry, field) for entry in value if entry not in field.choices)
        return (*unlisted, *self._bounds(value, field))

    def show(self, value: Value, field: Field) -> str:
        """The entries with commas between."""
        return SEPARATOR.join(value) if isinstance(value, tuple) else str(value)

    @staticmethod
    def _entries(pieces: tuple[Piece, ...], field: Field) -> tuple[str, ...]:
        written = (piece.entry or ("" if field.enforced else piece.text) for piece in pieces)
        return tuple(dict.fromkeys(filter(None, written)))

    def _doubts(self, wrong: tuple[Piece, ...], field: Field) -> tuple[Problem, ...]:
        return tuple(
            error("choice_number_contradicts", text=piece.text, label=field.label)
            if piece.contradicts
            else self.not_in_list(piece.text, field)
            for piece in wrong
        )

    @staticmethod
    def _bounds(entries: tuple[str, ...], field: Field) -> tuple[Problem, ...]:
        problems = []
        if len(set(entries)) < len(entries):
            problems.append(warning("choice_repeated", label=field.label))
        if field.at_most is not None and len(entries) > field.at_most:
            problems.append(
                error("choices_too_many", label=field.label, count=len(entries), at_most=field.at_most)
            )
        return tuple(problems)

    def _guesses(self, pieces: tuple[Piece, ...], field: Field) -> tuple[Value, ...]:
        """The set with the nearest entry for each unlisted piece, then without these pieces."""
        nearest = [(piece.entry,) if piece.entry else _likeliest(piece, field) for piece in pieces]
        guessed = tuple(dict.fromkeys(entry for entries in nearest for entry in entries))
        return tuple(dict.fromkeys(filter(None, (guessed, self._entries(pieces, field)))))


_NONE_CHOSEN = frozenset({"无", "没有"})


def _likeliest(piece: Piece, field: Field) -> tuple[str, ...]:
    found = choices.nearest(piece.text, field)
    return found if piece.text.isdecimal() else found[:1]


_ALL: tuple[Kind, ...] = (
    Text(),
    Code(),
    Phone(),
    IdNumber(),
    BankCard(),
    Date(),
    Number("money", money.MONEY),
    Number("number", money.AREA),
    Number("integer", money.COUNT),
    Choice(),
    Choices(),
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _ALL})
"""Every kind by the word that editions use; tables of rows are no kind."""

NO_VALUE = frozenset(
    {
        "wrong_type",
        "choice_not_in_list",
        "date_unreadable",
        "date_impossible",
        *(f"{name}_{fault}" for name in ("money", "number", "integer") for fault in ("negative", "places")),
    }
)
"""The errors of `check` that say of a value that it is none of its kind, so that nobody may let it stand."""
