"""Decisions that a clerk has taken on a draft but not yet stored: they survive leaving the review.

In and out go decisions; in between they lie in a small file beside the store,
written anew after each decision.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from records.settling import Decision
from records.wire import value_from_json, value_to_json


@dataclass(frozen=True, slots=True)
class Pending:
    """The decisions of one draft, in `folder`."""

    folder: Path
    draft: int

    @property
    def file(self) -> Path:
        """Where they lie."""
        return self.folder / f"draft-{self.draft}.json"

    def load(self) -> dict[str, Decision]:
        """The decisions by path; none when there are none or the file is broken."""
        try:
            told = json.loads(self.file.read_text(encoding="utf-8"))
            return {path: Decision(path, value_from_json(value), why) for path, value, why in told}
        except (OSError, ValueError, TypeError, KeyError):
            return {}

    def keep(self, decisions: Iterable[Decision]) -> None:
        """Write the decisions, whole or not at all."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        told = [[one.path, value_to_json(one.value), one.why] for one in decisions]
        beside = self.file.with_suffix(".part")
        beside.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        beside.chmod(0o600)
        beside.replace(self.file)

    def forget(self) -> None:
        """The draft is settled or dropped."""
        self.file.unlink(missing_ok=True)
