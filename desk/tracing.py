"""Tracing pictures: how pages were understood comes in, one PNG a page lies in a folder afterwards."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from intake.view import View


@dataclass(frozen=True)
class Tracing:
    """Draws the pages of one file after another into `folder`, as `<file>-<page>.png`."""

    folder: Path
    font: Path | None
    drawn: Counter[str] = field(default_factory=Counter)

    def show(self, file: Path, view: View) -> None:
        """Draw one page of the file; several forms on one page are numbered."""
        from PIL import Image

        from intake.view import drawn

        name = f"{file.stem}-{view.page}"
        self.drawn[name] += 1
        number = f"-{self.drawn[name]}" if self.drawn[name] > 1 else ""
        self.folder.mkdir(parents=True, exist_ok=True)
        picture = drawn(view, self.font)
        Image.fromarray(picture[:, :, ::-1]).save(self.folder / f"{name}{number}.png")


def tracing_into(folder: Path) -> Tracing:
    """A tracing with a Chinese typeface of this machine; without any, values are only outlined."""
    from docgen.fonts import present_fonts

    fonts = present_fonts()
    faces = [face for name in fonts.typefaces.stand_ins if (face := fonts.face(name)) is not None]
    # Only the first face of a collection can be named by its file alone.
    return Tracing(folder, next((face.file for face in faces if face.index == 0), None))
