"""Collected evidence: files with their truths are read once, what is known about each reading is kept.

A line of JSON a page, so that a fit over many pages takes seconds and the
readings can be looked at.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from desk.truth import proved, truth_of
from intake.engine import Engine
from intake.reading import read_file
from records.drafts import Draft, Reading
from records.editions import Editions
from records.evidence import Evidence, PageEvidence, Way
from records.findings import Reason
from records.values import split_path

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CollectedPage:
    """A form that was read: where from, its readings, which of them are right; `lost` values have none."""

    name: str
    edition: str
    readings: Mapping[str, Reading]
    right: Mapping[str, bool]
    lost: int = 0

    @property
    def fields(self) -> int:
        """How many fields there were to be read."""
        return len(self.right) + self.lost


def collect(files: Sequence[Path], editions: Editions, engine: Engine) -> Iterator[CollectedPage]:
    """Each file that has a truth, read; those in which no form was found are left out."""
    for file in files:
        truth = truth_of(file)
        drafts = [found for found in read_file(file, editions, engine) if isinstance(found, Draft)]
        if drafts:
            draft = next((one for one in drafts if one.edition == truth["edition"]), drafts[0])
            proof = proved(draft, truth, editions[draft.edition])
            right = {one.path: one.right for one in proof.said} | _blank_beyond(draft, truth)
            yield CollectedPage(
                f"{file.parent.name}/{file.stem}", draft.edition, draft.readings, right, proof.lost
            )


def _blank_beyond(draft: Draft, truth: Json) -> dict[str, bool]:
    """Blanks in rows that the form does not have: nobody scores them, but a clerk would be sent to look."""
    found = {}
    for path, reading in draft.readings.items():
        rows, index, _ = split_path(path)
        beyond = index is not None and index >= len(truth["fields"].get(rows, ()))
        if beyond and reading.evidence is not None and reading.evidence.way is Way.BLANK:
            found[path] = True
    return found


def page_to_json(page: CollectedPage) -> str:
    """One page as a line; of values only whether there is one, since evidence is all that is weighed."""
    said = {
        path: {
            "blank": reading.value in (None, ()),
            "right": page.right.get(path),
            "review": reading.review,
            "confidence": reading.confidence,
            "reasons": [reason.code for reason in reading.reasons],
            "evidence": asdict(reading.evidence) if reading.evidence else None,
        }
        for path, reading in page.readings.items()
    }
    return json.dumps({"page": page.name, "edition": page.edition, "lost": page.lost, "said": said})


def page_from_json(line: str) -> CollectedPage:
    """The page that `page_to_json` wrote."""
    told = json.loads(line)
    said: Mapping[str, Json] = told["said"]
    readings = {path: _reading(one) for path, one in said.items()}
    right = {path: bool(one["right"]) for path, one in said.items() if one["right"] is not None}
    return CollectedPage(told["page"], told["edition"], readings, right, told["lost"])


def _reading(told: Json) -> Reading:
    reasons = tuple(Reason(code) for code in told["reasons"])
    evidence = _evidence(told["evidence"]) if told["evidence"] else None
    value = None if told["blank"] else "?"
    return Reading(value, "", told["confidence"], told["review"], reasons, evidence=evidence)


def _evidence(told: Json) -> Evidence:
    page = PageEvidence(**told["page"]) if told["page"] else None
    known = {key: value for key, value in told.items() if key in Evidence.__dataclass_fields__}
    return Evidence(
        **{**known, "way": Way(told["way"]), "doubts": tuple(told.get("doubts", ())), "page": page}
    )
