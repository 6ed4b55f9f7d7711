"""Honest confidence: `python -m bench.calibration collect | fit | show`.

`collect FOLDER... --out FILE` reads folders with truths and keeps the evidence;
`fit FILE... --out intake/calibration.json` fits it in seconds; `show FILE...`
prints the curve and the bins and draws them. A folder may stand for a file.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bench.collected import CollectedPage, collect, page_from_json, page_to_json
from bench.fitting import fit, known, to_text
from desk.diagram import draw
from desk.engines import ENGINES, load_engine
from desk.reliability import Bin, Point, Told, bins, curve, points
from desk.truth import with_truth
from intake.calibration import Calibration, fitted
from records.editions import Editions, load_editions


def collected(
    sources: Iterable[Path], editions: Editions, engine: str, match: str
) -> Iterator[CollectedPage]:
    """The pages of files that were collected before, and of folders, read now."""
    for source in sources:
        if source.is_dir():
            wanted = [file for file in with_truth(source) if match in file.name]
            yield from collect(wanted, editions, load_engine(engine))
        else:
            lines = source.read_text(encoding="utf-8").splitlines()
            yield from (page for page in map(page_from_json, lines) if match in page.name)


def show(fields: Sequence[Told], lost: int, calibration: Calibration) -> Iterator[str]:
    """The curve and the bins as tables, line by line."""
    yield f"fields {len(fields) + lost}, of which nothing was said {lost}"
    yield f"{'per 1000':>9} {'threshold':>9} {'accepted':>9} {'silent':>8} {'straight':>9}"
    yield from (_point(point) for point in points(fields, calibration, lost))
    yield f"{'said':>11} {'fields':>7} {'mean':>7} {'right':>7}"
    yield from (_bin(one) for one in bins(fields) if one.count)


def _point(point: Point) -> str:
    shares = f"{point.accepted:9.2%} {point.silent:8.3%} {point.straight:9.2%}"
    return f"{point.per_thousand:9g} {point.threshold:9.5f} {shares}"


def _bin(one: Bin) -> str:
    word = "" if not one.tells else "holds" if one.holds else "OFF"
    return f"{one.low:4.1f} … {one.high:3.1f} {one.count:8d} {one.said:7.3f} {one.right:7.3f} {word}"


def _fit(pages: Sequence[CollectedPage], editions: Editions, out: Path) -> tuple[list[Told], Calibration]:
    """Fits and writes a calibration; the fields get the probabilities of fits that had not seen them."""
    readings = known(pages, editions)
    lost: Counter[str] = Counter()
    for page in pages:
        lost[page.name.partition("/")[0]] += page.lost
    calibration, unseen = fit(readings, lost)
    wrong = sum(not one.right for one in readings)
    about = {"pages": len(pages), "readings": len(readings), "wrong": wrong}
    out.write_text(to_text(calibration, about), encoding="utf-8")
    fields = [Told(float(p), one.right, one.certain) for p, one in zip(unseen, readings, strict=True)]
    return fields, calibration


def _judge(pages: Sequence[CollectedPage], editions: Editions) -> tuple[list[Told], Calibration]:
    """The fields with the probabilities that the shipped calibration gives them."""
    by = fitted()
    fields = [
        Told(by.probability(one.group, one.evidence), one.right, one.certain)
        for one in known(pages, editions)
    ]
    return fields, by


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bench.calibration", description=__doc__)
    parser.add_argument("what", choices=("collect", "fit", "show"))
    parser.add_argument("sources", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, help="where to keep what was collected or fitted")
    parser.add_argument("--picture", type=Path, help="draw the curve and the bins into this PNG")
    parser.add_argument("--engine", default="rapid", help=f"one of {', '.join(ENGINES)}, or module:Class")
    parser.add_argument("--match", default="", help="only pages whose name holds this")
    asked = parser.parse_args(arguments)
    editions = load_editions()
    pages = []
    for page in collected(asked.sources, editions, asked.engine, asked.match):
        pages.append(page)
        if asked.what == "collect":
            with asked.out.open("a", encoding="utf-8") as file:
                file.write(page_to_json(page) + "\n")
            print(f"{page.name} {len(page.right)} fields", file=sys.stderr)
    if asked.what == "collect":
        return 0
    fields, calibration = _fit(pages, editions, asked.out) if asked.what == "fit" else _judge(pages, editions)
    lost = sum(page.lost for page in pages)
    print("\n".join(show(fields, lost, calibration)))
    if asked.picture:
        draw(asked.picture, curve(fields, lost), points(fields, calibration, lost), bins(fields))
    return 0


if __name__ == "__main__":
    sys.exit(main())
