"""docxtpl's own test scripts, filled both ways: `python -m bench.upstream FOLDER`.

FOLDER is the `tests` folder of a copy of docxtpl's repository. Each script runs
in a process of its own, once as it is and once with `QuickTemplate` in the place
of `DocxTemplate`, each rendering made twice, so that the second can be quick;
every part of every Word file that it writes is compared.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import runpy
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

_NOT_SCRIPTS = ("__init__.py", "runtests.py", "module_execute.py")
"""The last runs docxtpl as a program, which no other class can be put into."""
Parts = Mapping[str, Mapping[str, bytes]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one script made: the parts of each Word file, how many renderings were quick, how it ended."""

    files: Parts
    quick: int
    slow: int
    ended: str


def scripts(folder: Path) -> Iterator[Path]:
    """The scripts of docxtpl's tests."""
    return (file for file in sorted(folder.glob("*.py")) if file.name not in _NOT_SCRIPTS)


def outcome(script: Path, quick: bool) -> Outcome:
    """Runs a script in a process and a copy of the folder of its own."""
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as name:
        room = Path(name) / "tests"
        shutil.copytree(script.parent, room)
        (room / "output").mkdir(exist_ok=True)
        with context.Pool(1) as pool:
            return pool.apply(_run, (room / script.name, quick))


def _run(script: Path, quick: bool) -> Outcome:
    import docxtpl

    from docgen.quick import QuickTemplate

    counted: Counter[str] = Counter()
    docxtpl.DocxTemplate = _counting(QuickTemplate if quick else docxtpl.DocxTemplate, counted)
    os.chdir(script.parent)
    ended = "done"
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        try:
            runpy.run_path(str(script), run_name="__main__")
        except Exception as error:
            ended = type(error).__name__
    made = {file.name: _parts(file) for file in sorted((script.parent / "output").glob("*.docx"))}
    return Outcome(made, counted["quick"], counted["slow"], ended)


def _counting(template: type, counted: Counter[str]) -> type:
    """The class with every rendering made twice: a quick template's second may be quick."""

    def render(self: Any, *given: Any, **named: Any) -> None:
        if not self.docx or self.is_rendered:
            template.render(self, *given, **named)  # type: ignore[attr-defined]
        template.render(self, *given, **named)  # type: ignore[attr-defined]
        counted["quick" if getattr(self, "_filled", None) is not None else "slow"] += 1

    return type("Counting", (template,), {"render": render})


def _parts(file: Path) -> dict[str, bytes]:
    try:
        with ZipFile(file) as package:
            return {name: package.read(name) for name in package.namelist()}
    except BadZipFile:
        return {}


def differing(one: Parts, other: Parts) -> list[str]:
    """The parts that are not the same, as `file/part`."""
    return [
        f"{file}/{part}"
        for file in sorted({*one, *other})
        for part in sorted({*one.get(file, {}), *other.get(file, {})})
        if one.get(file, {}).get(part) != other.get(file, {}).get(part)
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point of `python -m bench.upstream`; 1 when a part differs."""
    parser = argparse.ArgumentParser(prog="python -m bench.upstream", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--match", default="", help="only scripts whose name holds this")
    asked = parser.parse_args(arguments)
    wrong = 0
    for script in scripts(asked.folder):
        if asked.match not in script.name:
            continue
        plain, quick = outcome(script, False), outcome(script, True)
        parts = sum(len(one) for one in plain.files.values())
        unlike = differing(plain.files, quick.files)
        wrong += bool(unlike) or plain.ended != quick.ended
        print(
            f"{script.stem:32}{plain.ended:>16}{quick.ended:>16} quick {quick.quick:2} slow {quick.slow:2}",
            end="",
        )
        print(f"  {parts - len(unlike)}/{parts} parts {' '.join(unlike[:3])}")
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
