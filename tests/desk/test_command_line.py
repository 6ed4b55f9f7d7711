"""The frame of the command line: help, usage errors, exit codes."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from desk.cli import app
from tests.clerk import ROOT, Clerk

COMMANDS = [
    "read", "take", "review", "list", "search", "show", "state", "check", "carry-over", "case", "packet",
    "make", "import", "export", "templates", "calibration", "desk", "audit", "doctor", "demo",
]  # fmt: skip
CHINESE = re.compile("[\u4e00-\u9fff]")


def test_help_names_every_command(dangan: Clerk) -> None:
    said = dangan("--help")
    assert said.status == 0
    assert [name for name in COMMANDS if not re.search(rf"^ +{name} ", said.out, re.MULTILINE)] == []
    named = [one.name for one in (*app.registered_commands, *app.registered_groups)]
    assert sorted(map(str, named)) == sorted(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_in_chinese(dangan: Clerk, name: str) -> None:
    said = dangan(name, "--help")
    assert said.status == 0
    lines = [line for line in said.out.splitlines() if re.match(r" +(--|\[?[\u4e00-\u9fff])", line)]
    assert [line for line in lines if not CHINESE.search(line)] == []
    assert not re.search("Usage|Options|Show this|default", said.out)


@pytest.mark.parametrize(
    "words",
    [
        ("raed",), ("read",), ("read", "--nonsense", "a.jpg"), ("show", "first"), ("make",),
        ("make", "archive"),
        ("make", "archive", "--out", "x"), ("make", "archive", "1", "--all", "--out", "x"),
        ("export", "--format", "csv"), ("export", "--format", "xlsx"), ("state", "1", "archive"),
        ("state", "1", "archive", "applied", "--on", "yesterday"), ("check", "1", "--given", "income"),
        ("templates", "chekc"), (),
    ],
)  # fmt: skip
def test_wrong_usage_is_said_in_chinese_with_status_2(dangan: Clerk, words: tuple[str, ...]) -> None:
    said = dangan(*words)
    assert said.status == 2
    assert CHINESE.search(said.err + said.out)
    assert "Traceback" not in said.err + said.out


def test_the_version_is_told(dangan: Clerk) -> None:
    said = dangan("--version")
    assert (said.status, re.fullmatch(r"dangan \d+\.\d+\.\d+\n", said.out) is not None) == (0, True)


def test_settings_that_are_wrong_are_said_and_stop_the_command(dangan: Clerk) -> None:
    dangan.home.mkdir()
    (dangan.home / "settings.toml").write_text("user = ", encoding="utf-8")
    said = dangan("list")
    assert said.status == 1
    assert "settings.toml" in said.err


def test_a_reader_that_goes_away_gets_no_complaint() -> None:
    piped = f"{sys.executable} -c 'from desk.cli import main; main()' --help | head -n 1"
    done = subprocess.run(piped, shell=True, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S602
    assert (done.stderr, done.stdout.count("\n")) == ("", 1)
