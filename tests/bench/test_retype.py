from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest

from bench.draw import _toml
from bench.hands import STYLES
from bench.people import household
from bench.retype import Retyped, retyped
from docgen.drawing import draw as draw_sheet
from docgen.templates import read_sheet
from records.editions import Edition, load_editions

EDITIONS = list(load_editions())
SEEDS = range(12)


def forms(edition: Edition) -> list[Retyped]:
    """The forms of a dozen offices, those that fit a page."""
    made = (retyped(edition, household(edition, Random(seed)), STYLES[0], Random(seed)) for seed in SEEDS)
    return [form for form in made if form is not None]


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.key)
def test_offices_differ_and_most_of_their_forms_fit_a_page(edition: Edition) -> None:
    made = forms(edition)
    assert len(made) >= len(SEEDS) // 2
    assert len({str(form.sheet) for form in made}) == len(made)
    assert {form.sheet["orientation"] for form in made} == {"landscape", "portrait"}


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.key)
def test_the_same_seed_types_the_same_form(edition: Edition) -> None:
    assert forms(edition) == forms(edition)


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.key)
def test_a_form_asks_all_that_is_required_and_knows_no_other_path(edition: Edition) -> None:
    for form in forms(edition):
        assert {one.key for one in edition.on_paper if one.required} <= form.asked
        columns = {f"{table.key}.{one.key}" for table in edition.tables for one in table.fields}
        assert form.asked <= {one.key for one in edition.on_paper} | columns


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.key)
def test_everything_that_is_written_stands_in_the_sheet_once(edition: Edition) -> None:
    for form in forms(edition):
        tags = re.findall(r"\{\{ (v\d+) \}\}", str(form.sheet))
        assert sorted(tags) == sorted(form.pieces)


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.key)
def test_the_sheet_can_be_drawn(edition: Edition, tmp_path: Path) -> None:
    folder = tmp_path / "sheets" / edition.key
    folder.mkdir(parents=True)
    for number, form in enumerate(forms(edition)):
        sheet = folder / f"{number}.sheet.toml"
        sheet.write_text("".join(f"{key} = {_toml(value)}\n" for key, value in form.sheet.items()))
        draw_sheet(sheet, sheet.with_suffix(".docx"))
        assert len(read_sheet(sheet.with_suffix(".docx")).tags) == len(form.pieces)


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.key)
def test_each_chosen_option_is_marked(edition: Edition) -> None:
    for seed in SEEDS:
        values = household(edition, Random(seed))
        form = retyped(edition, values, STYLES[0], Random(seed))
        if form is None:
            continue
        marked = [one for one in edition.on_paper if one.marked and one.key in form.asked]
        chosen = sum(len(value) if isinstance(value := values[one.key], tuple) else 1 for one in marked)
        assert sum(piece.how in ("tick", "ticked", "ringed") for piece in form.pieces.values()) >= chosen
