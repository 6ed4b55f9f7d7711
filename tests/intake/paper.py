"""PDF pages drawn for tests by hand: content streams in, a file out; points from the lower left."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def pdf_file(
    file: Path, *contents: str, size: tuple[int, int] = (400, 300), extra: Sequence[str] = ()
) -> Path:
    """A PDF with a page for each content stream; `extra` are objects from number 100 on."""
    pages = range(len(contents))
    kids = " ".join(f"{10 + 2 * page} 0 R" for page in pages)
    objects = {
        1: "<</Type/Catalog/Pages 2 0 R>>",
        2: f"<</Type/Pages/Kids[{kids}]/Count {len(contents)}>>",
        3: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    }
    for page, content in zip(pages, contents, strict=True):
        notes = "/Annots[100 0 R]" if extra and page == 0 else ""
        objects[10 + 2 * page] = (
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {size[0]} {size[1]}]{notes}"
            f"/Resources<</Font<</F 3 0 R>>>>/Contents {11 + 2 * page} 0 R>>"
        )
        objects[11 + 2 * page] = f"<</Length {len(content)}>>stream\n{content}\nendstream"
    objects |= {100 + place: text for place, text in enumerate(extra)}
    file.write_bytes(_assembled(objects))
    return file


def _assembled(objects: dict[int, str]) -> bytes:
    body, places = b"%PDF-1.7\n", {}
    for number, text in sorted(objects.items()):
        places[number] = len(body)
        body += f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1")
    start = len(body)
    entries = b"".join(
        f"{number} 1\n{place:010d} 00000 n \n".encode() for number, place in sorted(places.items())
    )
    return body + b"xref\n" + entries + f"trailer<</Size 200/Root 1 0 R>>\nstartxref\n{start}\n%%EOF".encode()


def ruled(columns: Sequence[float], rows: Sequence[float]) -> str:
    """Ruled lines of a table."""
    across = [f"{columns[0]} {y} m {columns[-1]} {y} l S" for y in rows]
    down = [f"{x} {rows[0]} m {x} {rows[-1]} l S" for x in columns]
    return "0.7 w " + " ".join([*across, *down])


def text(x: float, y: float, said: str, size: float = 10) -> str:
    """Words at a place."""
    return f"BT /F {size} Tf {x} {y} Td ({said}) Tj ET"


def ring(x: float, y: float, across: float, down: float | None = None) -> str:
    """A drawn circle or ellipse of these half axes."""
    rx, ry = across, down or across
    kx, ky = 0.5523 * rx, 0.5523 * ry
    return (
        f"{x + rx} {y} m {x + rx} {y + ky} {x + kx} {y + ry} {x} {y + ry} c "
        f"{x - kx} {y + ry} {x - rx} {y + ky} {x - rx} {y} c "
        f"{x - rx} {y - ky} {x - kx} {y - ry} {x} {y - ry} c "
        f"{x + kx} {y - ry} {x + rx} {y - ky} {x + rx} {y} c h S"
    )


def tick(x: float, y: float, size: float) -> str:
    """A drawn tick: down a little, then far up."""
    return f"{x} {y + size * 0.5} m {x + size * 0.35} {y} l {x + size} {y + size} l S"


def box(x: float, y: float, size: float) -> str:
    """A drawn box to tick."""
    return f"{x} {y} {size} {size} re S"
