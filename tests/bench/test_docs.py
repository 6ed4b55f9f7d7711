from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.hands import STYLES
from bench.typefaces import TYPEFACES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "bench.md").read_text(encoding="utf-8")
COMMANDS = sorted(
    file.stem for file in (ROOT / "bench").glob("*.py") if "def main(" in file.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_shows_every_command_and_explains_every_option(name: str) -> None:
    source = (ROOT / "bench" / f"{name}.py").read_text(encoding="utf-8")
    options = re.findall(r'add_argument\(\s*"(--[\w-]+)"', source)
    assert f"python -m bench.{name}" in PAGE
    assert [option for option in options if option not in PAGE] == []


def test_the_commands_that_the_page_shows_exist_with_their_options() -> None:
    for name, rest in re.findall(r"^python -m bench\.(\w+)(.*)$", PAGE, re.MULTILINE):
        assert name in COMMANDS
        sources = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "bench").glob("*.py"))
        assert [option for option in re.findall(r"--[\w-]+", rest) if f'"{option}"' not in sources] == []


def test_every_hand_has_a_typeface_that_the_page_or_the_machine_names() -> None:
    fetched = {one.name for one in TYPEFACES}
    pens = {style.font for style in STYLES if style.hand} & fetched
    assert [font for font in sorted(pens) if font not in PAGE.replace("\n", " ")] == []
