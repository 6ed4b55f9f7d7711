"""The house's doors: who may import whom, who may read the environment, print, or write Chinese."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from records.editions import load_editions

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("records", "intake", "docgen", "desk")
MAY_IMPORT = {
    "records": {"records"},
    "intake": {"intake", "records"},
    "docgen": {"docgen", "records"},
    "desk": {"desk", "intake", "docgen", "records"},
}
STORE = {
    *("records.store", "records.rows", "records.tables", "records.database", "records.shelf"),
    *("records.medical_store", "records.medical_rows", "records.overview", "records.review_store"),
    "records.form_figures",
    *("records.abreast", "records.waiting"),
    *("records.index_store", "records.index_rows", "records.index_search"),
}


def python_files(*rooms: str) -> list[Path]:
    """Every Python file of these rooms."""
    return sorted(file for room in rooms for file in (ROOT / room).rglob("*.py"))


@cache
def tree(file: Path) -> ast.Module:
    """A file, parsed once for all tests."""
    return ast.parse(file.read_text(encoding="utf-8"))


@cache
def imports(file: Path) -> frozenset[str]:
    """Every module that a file imports, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(names)


def importers(library: str, *rooms: str) -> set[str]:
    """The files that import a library."""
    return {
        str(file.relative_to(ROOT))
        for file in python_files(*rooms)
        if any(name.partition(".")[0] == library for name in imports(file))
    }


@pytest.mark.parametrize("room", ROOMS)
def test_doors_open_one_way_only(room: str) -> None:
    crossed = {
        (str(file.relative_to(ROOT)), name)
        for file in python_files(room)
        for name in imports(file)
        if name.partition(".")[0] in ROOMS and name.partition(".")[0] not in MAY_IMPORT[room]
    }
    assert crossed == set()


def test_intake_and_docgen_never_open_the_store() -> None:
    opened = {
        (str(file.relative_to(ROOT)), name)
        for file in python_files("intake", "docgen")
        for name in imports(file)
        if name in STORE or name.partition(".")[0] in ("sqlalchemy", "alembic")
    }
    assert opened == set()


@pytest.mark.parametrize("library", ["docxtpl", "onnxruntime", "pytesseract", "segno", "zxingcpp"])
def test_one_file_alone_imports_each_engine(library: str) -> None:
    assert len(importers(library, *ROOMS)) == 1


def test_the_two_recognition_engines_live_in_files_of_their_own() -> None:
    assert importers("onnxruntime", *ROOMS).isdisjoint(importers("pytesseract", *ROOMS))


def test_only_the_front_of_the_desk_knows_the_command_line_framework() -> None:
    assert {file.partition("/")[0] for file in importers("typer", *ROOMS)} == {"desk"}
    assert {file.partition("/")[0] for file in importers("rich", *ROOMS)} == {"desk"}


@pytest.mark.parametrize("room", ["records", "intake", "docgen"])
def test_only_the_desk_reads_the_environment_or_prints(room: str) -> None:
    told = {
        (str(file.relative_to(ROOT)), name)
        for file in python_files(room)
        for node in ast.walk(tree(file))
        if (name := environment_or_print(node))
    }
    assert told == set()


def environment_or_print(node: ast.AST) -> str:
    """What an expression reads or writes that only the desk may; empty for any other."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("print", "input"):
        return node.func.id
    if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "stdout", "stderr"):
        owner = node.value.id if isinstance(node.value, ast.Name) else ""
        return f"{owner}.{node.attr}" if owner in ("os", "sys") else ""
    return ""


def test_the_environment_is_read_in_one_file_of_the_desk() -> None:
    readers = {
        file.name
        for file in python_files("desk")
        for node in ast.walk(tree(file))
        if environment_or_print(node).startswith(("os.environ", "os.getenv"))
    }
    assert readers == {"settings.py"}


def test_no_python_file_names_an_edition() -> None:
    names = {part for key in load_editions().keys for part in (key, key.partition("-")[0])}
    named = {
        str(file.relative_to(ROOT))
        for file in python_files(*ROOMS)
        if any(name in file.read_text(encoding="utf-8").lower() for name in names)
    }
    assert named == set()


CHINESE = re.compile("[\u3400-\u9ffe]+")  # the very last one serves as a bound
SPEAKS = {"desk/phrases.py"}
PARSES = {
    # Files that understand words as they stand on paper.
    "intake/marks.py",
    "intake/wording.py",
    "records/choices.py",
    "records/dates.py",
    "records/identity.py",
    "records/kinds.py",
    "records/money.py",
    "records/regions.py",
    "records/rules.py",
    "records/values.py",
}
DIGITS_AND_UNITS = frozenset("年月日时元角分万亿千百十零〇一二两三四五六七八九壹贰叁肆伍陆柒捌玖拾佰仟整正圆")


def test_chinese_stands_only_where_the_house_keeps_it() -> None:
    written = {
        (str(file.relative_to(ROOT)), found)
        for file in python_files(*ROOMS)
        if str(file.relative_to(ROOT)) not in SPEAKS | PARSES
        for found in chinese_strings(file)
        if not set(found) <= DIGITS_AND_UNITS
    }
    assert sorted(written) == []


def chinese_strings(file: Path) -> Iterator[str]:
    """The Chinese in a file's strings, its docstrings left out."""
    documentation = {id(node.value) for node in ast.walk(tree(file)) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield from CHINESE.findall(node.value)


def test_asking_for_help_loads_no_model_no_picture_library_and_no_database() -> None:
    asked = (
        "import sys; from desk.cli import run; run(['--help']); run(['take', '--help']);"
        "print(sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(ast.literal_eval(done.stderr))
    heavy = {"cv2", "sqlalchemy", "alembic", "rapidocr", "onnxruntime", "numpy", "PIL", "docx", "docxtpl"}
    assert loaded & heavy == set()


def test_every_library_that_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {canonical(re.split("[<>=~ ]", need)[0]) for need in project["dependencies"]}
    providers = packages_distributions()
    used = {name.partition(".")[0] for file in python_files(*ROOMS) for name in imports(file)}
    foreign = used - set(sys.stdlib_module_names) - set(ROOMS)
    undeclared = {
        name for name in foreign if not {canonical(one) for one in providers.get(name, ())} & declared
    }
    assert undeclared == set()


def canonical(distribution: str) -> str:
    """A distribution's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(file.relative_to(ROOT)) for file in python_files(*ROOMS) if not ast.get_docstring(tree(file))
    ]
    assert silent == []
