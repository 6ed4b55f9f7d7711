"""Lines of JSON in a file: what an earlier run wrote comes in, a later run goes on behind it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from records.errors import Unreadable


class Written:
    """A file of JSON Lines that is gone on with; `files` are those that need no reading any more.

    The lines of the last file are taken away first: a run that was killed may
    have left them broken or incomplete.
    """

    def __init__(self, file: Path) -> None:
        """Raises Unreadable when the file holds something else, OSError when it cannot be read or written."""
        self.file = file
        try:
            kept = _without_last(file.read_bytes()) if file.exists() else []
            self.files = frozenset(str(json.loads(line)["file"]) for line in kept)
        except (ValueError, TypeError, KeyError) as error:
            raise Unreadable("broken_file", file=file.name, what="JSON Lines") from error
        file.write_bytes(b"".join(kept))

    def add(self, lines: Sequence[Any]) -> None:
        """All lines of one file, at once."""
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        with self.file.open("ab") as stream:
            stream.write(text.encode())


def _without_last(content: bytes) -> list[bytes]:
    """The lines of all files but the last."""
    lines = content.splitlines(keepends=True)
    whole = lines if content.endswith(b"\n") else lines[:-1]
    names = [json.loads(line)["file"] for line in whole]
    return [line for line, name in zip(whole, names, strict=True) if name != names[-1]]
