"""The manual as pages: the clerk's Markdown comes in, its parts as HTML with a table of contents go out.

The text is written once, in `docs`; raw HTML in it stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from desk import phrases

DOCS = Path(__file__).resolve().parents[2] / "docs"
PICTURES = DOCS / "pictures"
_PICTURE = re.compile(r"[\w-]+\.png")
_UNWANTED = re.compile(r"[^\w\- ]")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a part: its text, its anchor, how deep it stands (2 is a part's own)."""

    text: str
    anchor: str
    depth: int


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the manual: its heading, those below it, and what it says as HTML."""

    heading: Heading
    below: tuple[Heading, ...]
    html: Markup


@cache
def parts() -> tuple[Part, ...]:
    """The parts of the manual in its order."""
    return tuple(_parts((DOCS / phrases.MANUAL).read_text(encoding="utf-8")))


def part(anchor: str) -> Part | None:
    """The part of an anchor; None when there is none."""
    return next((one for one in parts() if one.heading.anchor == anchor), None)


def picture(name: str) -> Path | None:
    """A picture of the manual; None when there is none of that name."""
    return PICTURES / name if _PICTURE.fullmatch(name) and (PICTURES / name).is_file() else None


def anchor_of(text: str) -> str:
    """The anchor of a heading, as the platforms that show Markdown make it."""
    return _UNWANTED.sub("", text.lower()).replace(" ", "-")


def _parts(text: str) -> Iterator[Part]:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(text)
    starts = [at for at, one in enumerate(tokens) if one.type == "heading_open" and one.tag == "h2"]
    for start, end in zip(starts, [*starts[1:], len(tokens)], strict=True):
        inside = tokens[start:end]
        headings = [_heading(inside, at) for at, one in enumerate(inside) if one.type == "heading_open"]
        _lead_here(inside)
        html = Markup(markdown.renderer.render(inside, markdown.options, {}))  # noqa: S704  # html is off
        yield Part(headings[0], tuple(headings[1:]), html)


def _heading(tokens: list[Token], at: int) -> Heading:
    text = tokens[at + 1].content
    heading = Heading(text, anchor_of(text), int(tokens[at].tag[1:]))
    tokens[at].attrSet("id", heading.anchor)
    return heading


def _lead_here(tokens: list[Token]) -> None:
    """Let links and pictures lead to where the desk shows them; what it does not show is left as text."""
    for token in tokens:
        if token.type in ("fence", "table_open"):
            token.attrSet("tabindex", "0")  # wider than a telephone, they are scrolled by keyboard
        for child in token.children or ():
            if child.type == "image":
                child.attrSet("src", f"/help/{child.attrGet('src')}")
                child.attrSet("loading", "lazy")
            elif child.type == "link_open":
                _link(child)


def _link(link: Token) -> None:
    where = str(link.attrGet("href") or "")
    if where.startswith("#"):
        link.attrSet("href", f"/help/{where[1:]}{where}")
    elif not where.startswith("/"):
        link.attrs.pop("href", None)
