"""What endurance makes of the memory that it saw."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from bench.endurance import Part, growth, is_flat, main, show

HERE, ONE, OTHER = os.getpid(), 1000001, 1000002


def run_of(*most: float, pages: int = 50) -> list[Part]:
    """A run of a process that held so much, part by part, beside one that never changes."""
    return [
        Part((place + 1) * pages, 60.0, {HERE: 200.0, ONE: size, OTHER: 400.0})
        for place, size in enumerate(most)
    ]


LEVEL = [300.0, *[420.0, 431.0, 425.0, 428.0] * 4]
LEAKING = [300.0, *(420.0 + 4 * place for place in range(16))]


def test_growth_is_counted_behind_the_warming_up_and_one_heavy_page_is_none() -> None:
    assert growth(run_of(*LEVEL), ONE) == pytest.approx(0, abs=20)
    assert growth(run_of(*LEAKING), ONE) == pytest.approx(80)
    assert growth(run_of(*LEVEL[:8], 700.0, *LEVEL[8:]), ONE) == pytest.approx(0, abs=20)
    assert growth(run_of(*LEVEL), 77) is None


@pytest.mark.parametrize(
    ("most", "flat"), [(LEVEL, True), (LEAKING, False), ([*LEVEL[:8], 1100.0, *LEVEL[8:]], False)]
)
def test_flat_is_what_neither_grows_nor_is_too_much(most: Sequence[float], flat: bool) -> None:
    parts = run_of(*most)
    assert is_flat(parts) is flat
    assert show(parts, 0)[-1].startswith("flat" if flat else "NOT flat")


def test_a_process_that_was_replaced_is_not_called_flat() -> None:
    parts = run_of(*LEVEL)
    later = Part(900, 60.0, {HERE: 200.0, OTHER: 400.0, 1000003: 350.0})
    assert not is_flat([*parts, later])


def test_pages_are_read_by_the_batch_and_the_table_is_drawn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.new("L", (400, 560), 255).save(tmp_path / "a.png")
    picture = tmp_path / "endurance.jpg.png"
    words = [str(tmp_path), "--pages", "4", "--engine", "tests.clerk:Blind", "--picture", str(picture)]
    assert main(words) == 1
    said = capsys.readouterr().out
    assert "pages a minute" in said
    assert "NOT flat" in said  # four pages tell nothing
    assert picture.stat().st_size > 1000
