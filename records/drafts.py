"""What was read but not yet settled: readings, ink, and the draft that holds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from records.codes import Return, Standing
from records.evidence import Evidence
from records.findings import Finding, Reason
from records.values import Value

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Source:
    """A spot on paper: page of the file from 1, box (x0, y0, x1, y1) in that page's own pixels.

    A PDF page counts in pixels at 200 dpi; Word has no pixels, so no box.
    """

    page: int
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another value that may stand there, with its probability."""

    value: Value
    confidence: float


@dataclass(frozen=True, slots=True)
class Reading:
    """One field as read: the proposed value, what stands there, and how sure that is.

    `evidence` is what that is made of, while the form is being read; two readings
    that say the same are the same whatever it is.
    """

    value: Value
    raw: str = ""
    confidence: float = 1.0
    review: bool = False
    reasons: tuple[Reason, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    source: Source | None = None
    evidence: Evidence | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Ink:
    """Whether a signature or a seal stands where the form wants one."""

    present: bool
    confidence: float
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """The paper behind a draft: file name as given, SHA-256 of the untouched file, its pages from 1."""

    file: str
    sha256: str
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Forerunner:
    """The record behind a draft that was carried over: its number, edition and revision at that time."""

    number: int
    edition: str
    revision: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as read, waiting for a clerk. `readings` is keyed by path, in the paper's order.

    It comes from paper (`origin`) or from a record of another edition (`forerunner`);
    `returns` are its sheets that carried a code.
    """

    edition: str
    readings: Mapping[str, Reading]
    ink: Mapping[str, Ink] = field(default_factory=lambda: MappingProxyType({}))
    findings: tuple[Finding, ...] = ()
    origin: Origin | None = None
    forerunner: Forerunner | None = None
    returns: tuple[Return, ...] = ()

    @property
    def record(self) -> int | None:
        """The record whose sheet came back: the doubts are what was changed on it. None of a new form."""
        return record_of(self.returns)

    @property
    def is_settled(self) -> bool:
        """Whether it is a record's sheet that came back as it was printed, and leaves nothing to a clerk."""
        return self.record is not None and not self.doubtful

    @property
    def values(self) -> dict[str, Value]:
        """The proposed values by path."""
        return {path: reading.value for path, reading in self.readings.items()}

    @property
    def doubtful(self) -> tuple[str, ...]:
        """The paths that a clerk must look at, in the paper's order."""
        return tuple(path for path, reading in self.readings.items() if reading.review)


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A page that is no known form, and why."""

    origin: Origin
    reason: Reason
    returns: tuple[Return, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands on the page: dropped, and no failure."""
        return self.reason.code == "blank_page"


def record_of(returns: Iterable[Return]) -> int | None:
    """The record, as it stands now, whose sheets these are; None where there is none, or more than one."""
    numbers = {one.code.record for one in returns if one.standing is Standing.CURRENT}
    return numbers.pop() if len(numbers) == 1 else None
