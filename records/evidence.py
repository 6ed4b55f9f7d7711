"""Evidence: what is known about how a value was read, in numbers that its probability is made of.

Intake gathers it beside the reading and weighs it at the end; nothing of it
is stored. What is not known keeps its default.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Way(StrEnum):
    """How a value came about: what its evidence means depends on it."""

    BLANK = "blank"
    """No ink was found in the cell."""
    CHOICE = "choice"
    """The likeliest entry of a list."""
    FIGURES = "figures"
    """The likeliest string over a small alphabet."""
    TEXT = "text"
    """The engine's own text."""
    MARKS = "marks"
    """Ticks and rings at printed options."""
    UNREAD = "unread"
    """Ink without words, a label that was not found: nothing was read."""


@dataclass(frozen=True, slots=True)
class PageEvidence:
    """What is known about the sheet on which a value stands.

    `score` is how well it matched its edition; `misread`, `missing` and
    `homeless` are shares: of labels told only by their neighbours, of labels
    not found, of worded cells that belong to nothing. `labels` is how surely
    the printed labels were read, `height` that of ordinary text in the
    file's own pixels.
    """

    score: float = 1.0
    misread: float = 0.0
    missing: float = 0.0
    homeless: float = 0.0
    labels: float = 1.0
    height: float = 22.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about one reading.

    `scored` says that the engine gave probabilities, `first` is the share of
    belief that the decoder itself gave the value. `margin` is by how much
    the value is likelier than the next one, `likelihood` the fit of its text
    to the picture, `behind` how much better the engine's own text fits: all
    natural logarithms, the latter two for each character. `mean` and
    `weakest` are the engine's confidence in its characters, `inside` the
    probability that only characters of the kind's alphabet stand there.
    `usual` is what the words and names usual in such a field add, a logarithm
    for each character, below 0 where hardly anybody writes so; `foreign`
    counts the letters and signs among its characters that no Chinese text
    has, `wide` is how wide its ink is beside what so many characters take, as
    a logarithm. `faint` is how dark the darkest of a cell outside the value
    is beside the page's writing, `loose` the share of it that is ink but was
    taken for specks, `beside` says that words without a home touch a blank.
    `agreements` counts what else on the form speaks for the value,
    `contradictions` what speaks against it, `spoken` how much in logarithms
    of odds. `doubts` are the codes of reasons that are no certain
    faults; `forced` says that others put the value before a clerk.
    """

    way: Way
    scored: bool = True
    first: float = 1.0
    margin: float = 20.0
    likelihood: float = 0.0
    behind: float = 0.0
    mean: float = 1.0
    weakest: float = 1.0
    inside: float = 1.0
    length: int = 0
    lines: int = 0
    again: bool = False
    usual: float = 0.0
    foreign: int = 0
    wide: float = 0.0
    faint: float = 0.0
    loose: float = 0.0
    beside: bool = False
    agreements: int = 0
    contradictions: int = 0
    spoken: float = 0.0
    doubts: tuple[str, ...] = ()
    forced: bool = False
    page: PageEvidence | None = None
