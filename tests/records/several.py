"""Processes that open one store at the same moment and keep the same files, run as a program of its own.

Arguments: how many processes, home, files. They part after everything is loaded, so that none
is ahead. Prints how each of them ended.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import records
from records.store import Store


def ends(many: int, home: Path, *files: Path) -> list[int]:
    """How so many processes ended, for a test: their exit codes."""
    asked = [sys.executable, __file__, str(many), str(home), *map(str, files)]
    root = Path(records.__file__).parent.parent
    told = os.environ | {"PYTHONPATH": str(root)}
    done = subprocess.run(asked, env=told, capture_output=True, text=True, check=True, timeout=120)
    return [int(code) for code in done.stdout.split()]


def begun(home: Path, files: Sequence[Path]) -> int:
    """A process at work; gives its id."""
    child = os.fork()
    if child == 0:
        with Store.open(home, wait=30) as store:
            for file in files:
                store.keep(file)
        os._exit(0)
    return child


if __name__ == "__main__":
    many, home, *files = sys.argv[1:]
    children = [begun(Path(home), [Path(file) for file in files]) for _ in range(int(many))]
    print(*(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))
