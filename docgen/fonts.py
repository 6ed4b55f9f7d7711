"""Which typefaces are really present, and which stand in for the official ones.

In: the names that Word sheets give, and what fontconfig lists. Out: the face to
print with, for a name or for one rare character. Only faces with Chinese glyph
shapes are ever chosen (the list is `templates/typefaces.toml`).
"""

from __future__ import annotations

import re
import subprocess
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import itemgetter
from pathlib import Path

from PIL import ImageFont

from records.editions import BUILT_IN


@dataclass(frozen=True, slots=True)
class Typefaces:
    """The stand-ins, best first: by official name, for any other name, and for rare characters."""

    stand_ins: Mapping[str, tuple[str, ...]]
    other: tuple[str, ...]
    rare: tuple[str, ...]
    not_rare: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Face:
    """One installed face: its family as fontconfig and LibreOffice know it, its file, what it covers.

    `ranges` are the characters that it draws, in order; `postscript` is its name inside a PDF.
    """

    family: str
    names: tuple[str, ...]
    file: Path
    index: int
    ranges: tuple[tuple[int, int], ...]
    postscript: str = ""

    def covers(self, character: str) -> bool:
        """Whether the face draws this character."""
        code = ord(character)
        at = bisect_right(self.ranges, code, key=itemgetter(0)) - 1
        return at >= 0 and code <= self.ranges[at][1]


@dataclass(frozen=True)
class Fonts:
    """The faces of a machine and the stand-ins among them; without faces, widths are estimated."""

    faces: tuple[Face, ...]
    typefaces: Typefaces

    @cached_property
    def _by_name(self) -> dict[str, Face]:
        return {name: face for face in reversed(self.faces) for name in face.names}

    def face(self, name: str) -> Face | None:
        """The face to print an official name with; None where nothing suitable is installed."""
        wanted = (name, *self.typefaces.stand_ins.get(name, ()), *self.typefaces.other)
        return next((self._by_name[one] for one in wanted if one in self._by_name), None)

    def face_for(self, character: str, name: str) -> Face | None:
        """The face that draws a character in text of this name: its own, or another that has it.

        Another, too, where its own draws a Chinese quotation mark as narrow as a Latin one.
        """
        own = self.face(name)
        if own is not None and not own.covers(character):
            own = None
        if own is not None and not _is_narrow(own, character):
            return own
        others = (face for face in self._rare if face.covers(character) and not _is_narrow(face, character))
        return next(others, own)

    @cached_property
    def _rare(self) -> tuple[Face, ...]:
        first = [self._by_name[name] for name in self.typefaces.rare if name in self._by_name]
        rest = [face for face in self.faces if not face.family.endswith(self.typefaces.not_rare)]
        return tuple(dict.fromkeys((*first, *rest)))

    @cached_property
    def printed_names(self) -> tuple[str, ...]:
        """How the names of typefaces begin that may stand in a PDF; none where no faces are known.

        Those are the faces that may be asked for, and what has no Chinese
        characters. Regions that share a file share its outlines, and LibreOffice names any of them.
        """
        asked = {one for names in self.typefaces.stand_ins.values() for one in names}
        asked |= {*self.typefaces.stand_ins, *self.typefaces.other, *self.typefaces.rare}
        files = {self._by_name[name].file for name in asked if name in self._by_name}
        files |= {face.file for face in self.faces if not face.covers(_HAN)}
        names = {face.postscript.partition("-")[0] for face in self.faces if face.file in files}
        return tuple(sorted(names - {""}))

    def width(self, text: str, name: str, size: float) -> float:
        """How wide a text runs, in points, in the face that prints this name."""
        face = self.face(name)
        if face is None:
            return sum(_estimate(character) for character in text) * size
        marks = [(one, self.face_for(one, name)) for one in text if one in _QUOTES]
        if all(other in (face, None) for _, other in marks):
            return _advance(face.file, face.index, text) * size
        rest = text.translate(_NO_QUOTES)
        wide = sum(_advance(other.file, other.index, one) for one, other in marks if other is not None)
        return (_advance(face.file, face.index, rest) + wide) * size


def is_latin(character: str) -> bool:
    """Whether a character is set in the typeface that a sheet names for Latin text and digits."""
    return ord(character) < _LATIN


_HAN = chr(0x4E2D)
"""A character that every Chinese typeface has."""
_LATIN = 0x2000
"""Above it stand the marks and ideographs that Word sets in the Chinese typeface."""


_QUOTES = "“”‘’"
_NO_QUOTES = str.maketrans("", "", _QUOTES)
_NARROW = 0.75
"""A Chinese mark takes the room of a character; typefaces that begin with Latin text draw it narrower."""


def _is_narrow(face: Face, character: str) -> bool:
    return character in _QUOTES and _advance(face.file, face.index, character) < _NARROW


def _estimate(character: str) -> float:
    return 0.58 if ord(character) < 0x300 else 1.0


@lru_cache(maxsize=16)
def _measure(file: Path, index: int) -> ImageFont.FreeTypeFont:
    # Shaping as a printer does it is slower and changes no width of Chinese text.
    return ImageFont.truetype(str(file), size=100, index=index, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=20_000)
def _advance(file: Path, index: int, text: str) -> float:
    return float(_measure(file, index).getlength(text)) / 100


def load_typefaces(root: Path = BUILT_IN) -> Typefaces:
    """The stand-ins that a folder of editions declares, or the built-in ones."""
    file = root / "typefaces.toml"
    data = tomllib.loads((file if file.is_file() else BUILT_IN / file.name).read_text(encoding="utf-8"))
    return Typefaces(
        stand_ins={name: tuple(others) for name, others in data["stand_ins"].items()},
        other=tuple(data["any"]["stand_ins"]),
        rare=tuple(data["rare"]["stand_ins"]),
        not_rare=tuple(data["rare"]["not_these"]),
    )


@lru_cache(maxsize=1)
def present_fonts() -> Fonts:
    """The fonts of this machine, by one call of fontconfig; none where fontconfig is not there."""
    return Fonts(tuple(_faces(_fontconfig())), load_typefaces())


def _fontconfig() -> str:
    asked = ["fc-list", "--format", "%{family}|%{style}|%{file}|%{index}|%{postscriptname}|%{charset}\n"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, timeout=60, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ""


def _faces(listing: str) -> list[Face]:
    faces = []
    for line in listing.splitlines():
        families, style, file, index, postscript, charset = line.split("|")
        names = _names(tuple(families.split(",")), style.split(",")[0])
        # Indexes above 16 bits are instances of a variable font, which listings repeat.
        if names and int(index) < 0x10000:
            faces.append(Face(names[0], names, Path(file), int(index), _ranges(charset), postscript))
    return sorted(faces, key=lambda face: (face.family, str(face.file), face.index))


def _names(families: tuple[str, ...], weight: str) -> tuple[str, ...]:
    """The names that mean this very face: a light or medium one stands under its family's name too."""
    own = tuple(name for name in families if name.endswith(f" {weight}"))
    return own or (() if re.search("Bold|Italic|Oblique|Black|Condensed", weight) else families)


def _ranges(charset: str) -> tuple[tuple[int, int], ...]:
    """`4e00-9fff a0` → ((0xa0, 0xa0), (0x4e00, 0x9fff)), in order."""
    bounds = (part.split("-") for part in charset.split())
    return tuple(sorted((int(bound[0], 16), int(bound[-1], 16)) for bound in bounds))
