"""Lines of text made by hand: words and places in, lines as if read out."""

from __future__ import annotations

from collections.abc import Sequence

from intake.text_line import TextLine

HIGH = 30.0


def line(text: str, x: float = 0.0, y: float = 0.0, high: float = HIGH, sure: float = 0.99) -> TextLine:
    """A line whose first character begins at a place; a space is as wide as a character."""
    widths = [high if ord(char) > 0x2000 or char == " " else high / 2 for char in text]
    ends = [sum(widths[:place]) for place in range(len(text) + 1)]
    wide = ends[-1]
    box = (x, y, x + wide, y + high)
    corners = ((x, y), (x + wide, y), (x + wide, y + high), (x, y + high))
    stops = [(ends[place] / wide, ends[place + 1] / wide) for place in range(len(text))]
    seen = [place for place, char in enumerate(text) if char != " "]
    return TextLine(
        "".join(text[place] for place in seen),
        box,
        corners,
        tuple(stops[place] for place in seen),
        (sure,) * len(seen),
    )


def page(*rows: Sequence[tuple[str, float]]) -> list[TextLine]:
    """Rows of pieces, each with where it begins; 60 pixels a row."""
    return [line(text, x, 60.0 * row) for row, pieces in enumerate(rows) for text, x in pieces]
