"""The documents hold what the program does: every command, option and edition, and the version."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from bench.screenshots import SHOTS
from desk import __version__
from desk.cli import app
from desk.web.manual import anchor_of
from records.editions import load_editions

ROOT = Path(__file__).resolve().parent.parent
MANUAL = (ROOT / "docs" / "使用手册.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
EDITIONS = load_editions()
PICTURE = re.compile(r"!\[[^\]]+\]\(pictures/([\w-]+)\.png\)")
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def commands() -> Iterator[tuple[str, list[str]]]:
    """Every command by its full name, with its options."""
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    for name, command in root.commands.items():
        inner = command.commands.items() if isinstance(command, TyperGroup) else [("", command)]
        for sub, leaf in inner:
            options = [one for param in leaf.params for one in param.opts if one.startswith("--")]
            yield f"{name} {sub}".strip(), options


COMMANDS = dict(commands())


@pytest.mark.parametrize("name", COMMANDS)
def test_the_manual_shows_every_command_and_explains_every_option(name: str) -> None:
    assert f"dangan {name}" in MANUAL
    assert [option for option in COMMANDS[name] if option not in MANUAL] == []


@pytest.mark.parametrize("edition", list(EDITIONS), ids=lambda edition: edition.key)
def test_every_edition_is_in_the_manual_and_has_a_page_of_its_own(edition: object) -> None:
    key = getattr(edition, "key", "")
    assert f"`{key}`" in MANUAL
    page = (ROOT / "docs" / "editions" / f"{key}.md").read_text(encoding="utf-8")
    assert {"## What the paper asks", "## What is reconstructed", "## What was chosen"} <= set(
        page.splitlines()
    )


def test_every_document_of_every_edition_is_in_the_manual() -> None:
    named = {use.name for edition in EDITIONS for use in edition.documents}
    assert [name for name in sorted(named) if f"| `{name}` |" not in MANUAL] == []


def test_the_pictures_of_the_desk_are_those_that_the_script_takes_and_small() -> None:
    shown = [name for name in PICTURE.findall(MANUAL) if name.startswith("desk-")]
    kept = sorted((ROOT / "docs" / "pictures").glob("desk-*.png"))
    assert sorted(shown) == sorted(shot.name for shot in SHOTS)
    assert sorted(file.stem for file in kept) == sorted(shown)
    assert sum(file.stat().st_size for file in kept) <= 2_000_000


def test_every_heading_of_the_manual_can_be_led_to() -> None:
    anchors = [anchor_of(heading) for heading in re.findall(r"^##+ (.+)$", MANUAL, re.MULTILINE)]
    assert sorted(anchors) == sorted(set(anchors))
    assert [link for link in re.findall(r"\]\(#([^)]+)\)", MANUAL) if link not in anchors] == []


@pytest.mark.parametrize("text", [MANUAL, README], ids=["manual", "readme"])
def test_the_commands_that_a_document_shows_exist(text: str) -> None:
    blocks = "".join(re.findall(r"^```\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    shown = re.findall(r"^dangan ((?:templates|case) \w+|[\w-]+)", blocks, re.MULTILINE)
    assert shown
    assert [name for name in shown if name not in COMMANDS and not name.startswith("-")] == []


def test_the_two_commands_of_the_readme_are_targets() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^make (\w+)", README, re.MULTILINE)
    assert targets == ["demo", "test"]
    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


def test_the_changelog_begins_with_this_version() -> None:
    versions = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}$", CHANGELOG, re.MULTILINE)
    assert versions[0] == __version__


@pytest.mark.parametrize(
    "page",
    [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_links_lead_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_tags_that_are_explained_are_those_that_the_code_knows() -> None:
    import docgen.tags

    explained = (ROOT / "docs" / "adding-an-edition.md").read_text(encoding="utf-8")
    known = re.findall(r"`(\{\{ \w+ \}\})`", docgen.tags.__doc__ or "")
    assert known
    assert [tag for tag in known if tag not in explained] == []
