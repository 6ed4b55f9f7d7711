"""Limits that protect the machine from a file that is too large, by mistake or by malice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may ask of the machine; far above any real form.

    `pixels` bounds a picture (A3 at 600 dpi has 70 million), `working_pixels` what is worked on (finer ones
    are made coarser first), `members`, `unpacked` and `ratio` an archive such
    as .docx, `pages` a document, `size` the file in bytes.
    """

    size: int = 300_000_000
    pixels: int = 80_000_000
    working_pixels: int = 18_000_000
    pages: int = 2000
    members: int = 5000
    unpacked: int = 400_000_000
    ratio: int = 200


LIMITS = Limits()
