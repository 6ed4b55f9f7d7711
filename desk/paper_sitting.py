"""A paper as read sits before a clerk: a proposal and decisions come in, the case with what holds goes out.

Nothing read holds before it was accepted, corrected or left untold.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from desk.cases import CaseDesk
from records.drafts import Reading
from records.medical import MedicalCase, Paper, add_paper, change_paper, paper_facts, same_scan, scan_text
from records.proposals import ILLNESS, Proposal
from records.values import Value

_NOT_READ = Reading(None, review=True)


@dataclass
class Sitting:
    """One proposal before a clerk: the paper that shows its scan already, and what was decided."""

    desk: CaseDesk
    proposal: Proposal
    standing: Paper | None
    facts: dict[str, Value] = field(default_factory=dict)
    whys: dict[str, str] = field(default_factory=dict)
    illness: str | None = None

    def questions(self, kind: str) -> dict[str, Reading]:
        """What is to be settled of a paper of this kind: what the notice asks of it, but for what holds."""
        asked, read = self.desk.aid.asked(kind), self.proposal.facts
        keys = dict.fromkeys((*asked.facts, *(() if asked.invoice else (ILLNESS,))))
        found = {key: read.get(key, _NOT_READ) for key in keys if key != ILLNESS or self._is_illness_open}
        return {
            key: one for key, one in found.items() if self.told(key) is None or self.told(key) != one.value
        }

    @property
    def _is_illness_open(self) -> bool:
        return self.desk.case.illness is None and ILLNESS in self.proposal.facts

    def told(self, fact: str) -> Value:
        """What the paper that stands in the case tells already; None when nothing does."""
        return paper_facts(self.standing).get(fact) if self.standing else None

    def typed(self, fact: str, text: str) -> Value:
        """A fact as a clerk types it. Raises Refused (`fact_unreadable`)."""
        return text if fact == ILLNESS else self.desk.aid.read(fact, text)

    def decide(self, fact: str, value: Value, confirmed: bool) -> None:
        """Take a decision."""
        why = "confirmed" if confirmed else "decided"
        if fact == ILLNESS:
            self.illness = value if isinstance(value, str) else None
            self.whys[ILLNESS] = why
        else:
            self.facts[fact] = value
            self.whys[f"papers.{self.paper}.{fact}"] = why

    @property
    def paper(self) -> int:
        """The number that the paper has or will have."""
        return self.standing.number if self.standing else self.desk.case.numbered + 1

    @property
    def settled(self) -> MedicalCase:
        """The case with what was decided."""
        case = self.desk.case
        if self.illness is not None:
            case = replace(case, illness=self.illness)
        if self.standing is not None:
            return change_paper(case, self.standing.number, self.facts)
        facts = self.facts | {"scans": (scan_text(self.proposal.origin),)}
        return add_paper(case, str(self.facts["kind"]), facts)

    def store(self, who: str, why: str = "") -> MedicalCase:
        """The case as it stands then. Raises Refused (`case_changed`, `no_such_proposal`)."""
        whys = {**self.whys, f"papers.{self.paper}.scans": "read"}
        return self.desk.medical.settle(
            self.settled, self.proposal.number, who, {} if why else whys, why or "confirmed"
        )


def standing_paper(case: MedicalCase, proposal: Proposal) -> Paper | None:
    """The paper of the case that shows the same page already."""
    shown = Paper(0, "", scans=(proposal.origin,))
    return next((paper for paper in case.papers if same_scan(paper, shown)), None)
