"""What tests of intake share: the editions, filled values, an engine that must not be asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import pytest

from intake.engine import Line, Picture
from records.editions import Edition, Editions, load_editions
from records.values import Value, from_plain, row_path
from tests.intake.drawing import Row, word_file

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "scans" / "samples"
INVENTED = ROOT / "tests" / "data" / "editions"


class NoEngine:
    """An engine that must not be asked: digital sheets need none."""

    name = "none"

    def read(self, crops: Sequence[Picture]) -> list[Line]:
        raise AssertionError("a digital sheet was sent to an engine")


@pytest.fixture(scope="session")
def editions() -> Editions:
    return load_editions()


@pytest.fixture(scope="session")
def three_editions() -> Editions:
    """The built-in editions and an invented one."""
    return load_editions(INVENTED)


@pytest.fixture(scope="session")
def henan(editions: Editions) -> Edition:
    return editions["henan-2016"]


@pytest.fixture(scope="session")
def shaoxing(editions: Editions) -> Edition:
    return editions["shaoxing-2010"]


@pytest.fixture
def no_engine() -> NoEngine:
    return NoEngine()


def plain_values(fields: Mapping[str, object]) -> Mapping[str, Value]:
    """A sample's truth as values by path."""
    values: dict[str, Value] = {}
    for key, value in fields.items():
        if isinstance(value, list) and any(isinstance(row, dict) for row in value):
            for index, row in enumerate(value):
                values |= {row_path(key, index, column): from_plain(cell) for column, cell in row.items()}
        else:
            values[key] = from_plain(value)
    return MappingProxyType(values)


def truth_of(name: str) -> Mapping[str, Value]:
    """The values by path of a bundled sample."""
    return plain_values(json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))["fields"])


@pytest.fixture(scope="session")
def henan_values() -> Mapping[str, Value]:
    return truth_of("16-henan-2016-song-phone")


@pytest.fixture(scope="session")
def shaoxing_values() -> Mapping[str, Value]:
    return truth_of("14-shaoxing-2010-wenkai-phone_good")


@pytest.fixture
def word_table(tmp_path: Path) -> Callable[..., Path]:
    """Draws a Word file: tables of rows of texts or boxes."""

    def draw(*tables: Iterable[Row], name: str = "form.docx", title: str = "", note: str = "") -> Path:
        return word_file(tmp_path / name, tables, title, note)

    return draw
