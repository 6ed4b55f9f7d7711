"""Names and numbers made unreadable, for logs, errors and what hangs in public: text in, text out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

_CHECKSUM = r"(?<![0-9A-Za-z])[0-9a-f]{64}(?![0-9A-Za-z])"
_SPACED = r"(?<!\d)(?:\d{6}[ -]\d{8}[ -]\d{3}[\dXxＸ]|\d{4}(?:[ -]\d{4}){3}(?:[ -]\d{1,3})?)(?!\d)"
# Scanners and phones name files by the time; no identity number or card begins like one.
_TIME = (
    r"(?<!\d)(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"(?:[01]\d|2[0-3])[0-5]\d[0-5]\d\d{0,3}(?!\d)"
)
_DIGITS = r"\d{14,}[XxＸ]?"
_MISREAD = r"(?<![0-9A-Za-z])(?=(?:[A-Za-z]*\d){12})[0-9A-Za-z]{15,19}(?![0-9A-Za-z])"
_NUMBER = re.compile(f"(?P<plain>{_CHECKSUM}|{_TIME})|{_SPACED}|{_DIGITS}|{_MISREAD}")


def mask(text: str) -> str:
    """The text with every identity number as `330602********0012` and every card as its last four.

    Also numbers typed in groups, and those read with a digit too few or a
    letter among the digits. A SHA-256 and a time like `20160713103022` stay.
    """
    return _NUMBER.sub(lambda found: found[0] if found["plain"] else _masked(found[0]), text)


def mask_name(name: str) -> str:
    """A name of which the middle is hidden: only its first and last character stay, of two the first.

    The dot in the names of some peoples stays as well.
    """
    seen = len(name) - 1 if len(name) > 2 else None
    return "".join(one if place in (0, seen) or one == "·" else "*" for place, one in enumerate(name))


def mask_id(number: str) -> str:
    """An identity number without its birth date; of one that is malformed nothing is shown."""
    if len(number) not in (15, 18):
        return "*" * len(number)
    return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"


def mask_card(number: str) -> str:
    """A card or account of which the last four figures stay; of a short one nothing."""
    return "*" * (len(number) - 4) + number[-4:] if len(number) > 8 else "*" * len(number)


def mask_phone(number: str) -> str:
    """Telephones of which the ends stay: `138****0012`; of a short one nothing."""
    return re.sub(r"\d+", lambda found: _middle(found[0]), number)


def _middle(digits: str) -> str:
    if len(digits) < 7:
        return digits if digits[0] == "0" else "*" * len(digits)
    return f"{digits[:3]}{'*' * (len(digits) - 7)}{digits[-4:]}" if len(digits) > 8 else "*" * len(digits)


def _masked(number: str) -> str:
    bare = re.sub(r"[ -]", "", number)
    if len(bare) == 18 and _born(bare[6:14]):
        return f"{bare[:6]}{'*' * 8}{bare[14:]}"
    if len(bare) == 15 and _born(f"19{bare[6:12]}"):
        return f"{bare[:6]}{'*' * 6}{bare[12:]}"
    return "*" * (len(bare) - 4) + bare[-4:]


def _born(digits: str) -> bool:
    try:
        return 1850 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year <= 2150
    except ValueError:
        return False


def mask_kind(text: str, kind: str) -> str:
    """A private value hidden as its kind allows; of words nothing stays, nor how many they were."""
    return _BY_KIND[kind](text) if kind in _BY_KIND else "***"


_BY_KIND: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {"id_number": mask_id, "bank_card": mask_card, "phone": mask_phone}
)
MASKS: Mapping[str, Callable[[str], str]] = {"name": mask_name, "id_number": mask_id}
"""How a public list hides what it shows, by name."""
