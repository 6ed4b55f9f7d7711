"""Every code that the house uses has a sentence, and every sentence can be filled."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from desk import words
from records import errors, rules
from records.editions import load_editions
from records.errors import DanganError, NotSettled, Unreadable
from records.findings import Finding, Severity
from records.settling import Change

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("records", "intake", "docgen", "desk")
MAKERS = {"Reason", "Problem", "Finding", "Misfit", "_finding", "error", "warning", "info", "said"}
"""What takes a code: reasons, problems, findings."""
NAMES = {"code", "_CODES", "doubts"}
"""Under which names codes wait to be given."""
COUNTED = ("money", "number", "integer")
"""The kinds whose problems share their codes' endings."""


@cache
def tree(file: Path) -> ast.Module:
    """A file, parsed once for all tests."""
    return ast.parse(file.read_text(encoding="utf-8"))


def error_classes() -> set[type[DanganError]]:
    """The whole tree of errors, the desk's own included."""
    for room in ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if ".migrations" not in module.name:
                importlib.import_module(module.name)
    found, open_ = set(), [DanganError]
    while open_:
        one = open_.pop()
        found.add(one)
        open_ += one.__subclasses__()
    return found


def codes_in(file: Path, makers: set[str]) -> Iterator[str]:
    """The codes that a file gives to reasons, problems, findings and errors."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Call) and called(node) in makers and node.args:
            yield from written_codes(node.args[1 if called(node) == "Misfit" else 0])
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in NAMES:
            for part in direct_parts(node.value):
                yield from written_codes(part)


def direct_parts(node: ast.expr) -> list[ast.expr]:
    """A table's own keys and values, or the expression itself."""
    if isinstance(node, ast.Dict):
        return [part for part in (*node.keys, *node.values) if part is not None]
    return [node]


def written_codes(node: ast.AST) -> Iterator[str]:
    """The codes that an expression writes: a constant, or a kind's name with an ending."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*written_codes(node.body), *written_codes(node.orelse))
    elif isinstance(node, ast.JoinedStr) and isinstance(node.values[-1], ast.Constant):
        yield from (f"{kind}{node.values[-1].value}" for kind in COUNTED)


def called(node: ast.Call) -> str:
    """The last name of what is called; of a choice between two, the first."""
    if isinstance(node.func, ast.IfExp):
        return getattr(node.func.body, "id", "")
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


@cache
def used_codes() -> frozenset[str]:
    """Every code of the house."""
    classes = error_classes()
    makers = MAKERS | {one.__name__ for one in classes}
    in_code = {
        code for room in ROOMS for file in (ROOT / room).rglob("*.py") for code in codes_in(file, makers)
    }
    return frozenset(in_code | {one.code for one in classes} | set(rules.RULES))


def tupled_codes() -> set[str]:
    """Codes that stand in a table of (code, whether it holds)."""
    return {
        part.value
        for room in ROOMS
        for file in (ROOT / room).rglob("*.py")
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Tuple)
        for part in node.elts
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }


def test_every_code_in_the_house_has_a_sentence() -> None:
    assert sorted(used_codes() - set(words.SENTENCES)) == []


def test_every_sentence_belongs_to_a_code() -> None:
    assert sorted(set(words.SENTENCES) - used_codes() - tupled_codes() - {words.NO_SENTENCE}) == []


@pytest.mark.parametrize("code", sorted(words.SENTENCES))
def test_a_sentence_ends_with_a_full_stop_and_can_be_filled(code: str) -> None:
    sentence = words.SENTENCES[code]
    named = [name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None]
    assert all(name.isidentifier() for name in named)
    assert sentence.endswith(("。", "？", "）", "}"))
    assert "{" not in words.sentence(code, dict.fromkeys(named, "x")).replace('{"', "")


def test_an_error_masks_identity_numbers() -> None:
    told = words.error(Unreadable(file="330602196501011234.jpg"))
    assert "330602********1234" in told
    assert "19650101" not in told


def test_an_unknown_code_is_said_to_be_one() -> None:
    assert "made_up" in words.sentence("made_up", {})


def test_paths_among_the_facts_become_labels() -> None:
    edition = next(iter(load_editions()))
    told = words.error(NotSettled(fields="name,family.0.name"), edition)
    assert words.label(edition, "name") in told
    assert f"{edition.field('family').label}1" in told


def test_a_finding_is_said_in_the_edition_s_labels() -> None:
    edition = next(iter(load_editions()))
    finding = Finding("required", Severity.ERROR, ("name",), {"label": edition.field("name").label})
    assert edition.field("name").label in words.finding(finding, edition)


def test_a_finding_names_the_row_and_the_field_it_is_about() -> None:
    edition = next(iter(load_editions()))
    family = edition.field("family").label
    column = edition.field("family").column("name")
    error = Severity.ERROR
    missing = Finding("required", error, ("family.2.name",), {"label": column.label})
    assert f"“{family}3·{column.label}”" in words.finding(missing, edition)
    digit = Finding("id_check_digit", error, ("family.2.id_number",))
    assert words.finding(digit, edition).startswith(f"{family}3·身份证号：")
    twice = Finding("ids_distinct", error, ("family.1.id_number", "family.0.id_number"), {"text": "1"})
    assert words.finding(twice, edition).startswith(f"{family}2·身份证号、{family}1·身份证号：")
    impossible = Finding("date_impossible", error, ("birth_date",), {"text": "1981-13-40"})
    assert words.finding(impossible, edition).startswith(f"{edition.field('birth_date').label}：")


def test_every_reason_of_the_history_has_words() -> None:
    told = (inspect.getdoc(Change) or "").replace('"', " ").replace(",", " ").split()
    codes = {"read", "confirmed", "decided", "row_added", "row_dropped"}
    assert codes <= set(told)
    assert codes | {"forced"} <= set(words.WHYS)


def test_every_severity_and_verdict_has_a_word() -> None:
    assert set(words.SEVERITIES) == set(Severity)
    assert set(words.VERDICTS) == {"yes", "no", "undetermined"}


def test_the_error_tree_in_the_docstring_is_the_tree() -> None:
    drawn = inspect.getdoc(errors) or ""
    named = [name for name, one in vars(errors).items() if inspect.isclass(one)]
    assert [name for name in named if name not in drawn] == []


def test_what_pages_say_otherwise_names_no_command() -> None:
    for code, told in words.PAGES.items():
        assert code in words.SENTENCES
        assert "dangan" not in told
    assert "case list" in words.error(errors.NoSuchCase(number=7))
    assert words.on_page(errors.NoSuchCase(number=7)).startswith("没有编号为 7 的医疗帮扶个案。请在")
