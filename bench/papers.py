"""How well invoices and hospital papers are read: `python -m bench.papers FOLDER`, truths beside pictures.

Every fact is exact, wrong (another value is proposed) or missing; a clerk sees
each of them, those with a doubt marked. Tallies by fact, layout and wear.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.reading import with_truth
from desk.engines import load_engine
from intake.papers import read_papers
from records.drafts import Reading
from records.editions import load_editions
from records.medical_aid import medical_aid

_BESIDE = frozenset({"layout", "profile", "style"})
HEADS = ("exact", "wrong", "of them doubted", "missing")


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of a paper: what stands there, what was proposed, and what became of it."""

    name: str
    want: str
    have: str
    outcome: str
    doubted: bool


def compared(told: dict[str, Any], kind: str | None, facts: dict[str, Reading]) -> Iterator[Fact]:
    """Every fact of a truth beside what was read."""
    yield Fact("kind", told["kind"], str(kind), "exact" if kind == told["kind"] else "wrong", False)
    for name, want in told.items():
        if name in _BESIDE or name == "kind":
            continue
        reading = facts.get(name, Reading(None))
        doubted = bool(reading.reasons)
        have = reading.value
        if have is None:
            yield Fact(name, want, "", "missing", doubted)
        else:
            same = have == Decimal(want) if isinstance(have, Decimal) else have == want
            yield Fact(name, want, str(have), "exact" if same else "wrong", doubted)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bench.papers", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--match", default="", help="only files whose name holds this")
    parser.add_argument("--engine", default="rapid")
    parser.add_argument("--edition", default="", help="by default the first with medical aid")
    parser.add_argument("--errors", action="store_true", help="list every fact that is not exact")
    asked = parser.parse_args(arguments)
    editions = load_editions()
    aid = next(medical_aid(one) for one in editions if one.medical and asked.edition in one.key)
    engine = load_engine(asked.engine, threads=1)
    tallies: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    files = [file for file in with_truth(asked.folder) if asked.match in file.name]
    start = time.process_time()
    for file in files:
        told = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        read = read_papers(file, aid, engine)
        kind, facts = (read[0].kind, dict(read[0].facts)) if read else (None, {})
        for fact in compared(told, kind, facts):
            groups = {"all": "all", "fact": fact.name, "layout": told["layout"], "wear": told["profile"]}
            for grouping, group in groups.items():
                tally = tallies[grouping, group]
                tally["facts"] += 1
                tally[fact.outcome] += 1
                tally["doubted"] += fact.outcome == "wrong" and fact.doubted
            if asked.errors and fact.outcome != "exact":
                mark = "doubted" if fact.doubted else "plain"
                print(
                    f"{fact.outcome:7} {mark:7} {file.stem} {fact.name} {fact.want!r} {fact.have!r}",
                    flush=True,
                )
    print("\n".join(_shown(tallies)))
    print(f"papers {len(files)}, {(time.process_time() - start) / max(len(files), 1):.2f} CPU s a paper")
    return 0


def _shown(tallies: dict[tuple[str, str], Counter[str]]) -> Iterator[str]:
    yield f"{'':28}{'facts':>7}" + "".join(f"{head:>17}" for head in HEADS)
    for (grouping, group), tally in sorted(tallies.items()):
        counts = (tally["exact"], tally["wrong"], tally["doubted"], tally["missing"])
        share = f"{tally['exact'] / tally['facts']:.1%}"
        yield (
            f"{grouping:8}{group:20}{tally['facts']:>7}"
            + "".join(f"{one:>17}" for one in counts)
            + f" {share:>7}"
        )


if __name__ == "__main__":
    sys.exit(main())
