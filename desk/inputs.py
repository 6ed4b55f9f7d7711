"""Inputs: the files and folders that a clerk names come in, the files to read go out in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

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


def _wanted(file: Path) -> bool:
    return file.is_file() and file.suffix.lower() in SUFFIXES and not file.name.startswith((".", "~$"))
