"""Inputs: the files and folders that a clerk names come in, the files to read go out in order."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from desk import phrases

SUFFIXES = frozenset(
    [
        ".jpg",
        ".jpeg",
        ".png",
        ".tif",
        ".tiff",
        ".bmp",
        ".webp",
        ".heic",
        ".heif",
        ".pdf",
        ".docx",
        ".doc",
        ".wps",
    ]
)
"""What is looked for in a folder; a file named outright is tried whatever its suffix."""


def named_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files named, a folder's own in the order of their names, folders within included."""
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if _wanted(file))
        else:
            yield path


_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
"""What Unicode calls control, format and surrogate characters, and separators of lines."""
_LONGEST = 120
"""Characters of a file's name."""


def plain_name(given: str) -> str:
    """The name of a file from outside, and nothing of its path or of what plays tricks on a screen.

    Separators of any system, control characters and those that turn the direction of writing fall away.
    """
    last = given.replace("\\", "/").rstrip("/").rpartition("/")[2]
    seen = (one for one in unicodedata.normalize("NFC", last) if unicodedata.category(one) not in _UNSEEN)
    name = "".join(seen).strip(" .") or phrases.NO_FILE_NAME
    suffix = Path(name).suffix[:10]
    return name if len(name) <= _LONGEST else name[: _LONGEST - len(suffix)] + suffix


def _wanted(file: Path) -> bool:
    return file.is_file() and file.suffix.lower() in SUFFIXES and not file.name.startswith((".", "~$"))
