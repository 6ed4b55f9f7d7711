from __future__ import annotations

from importlib import util
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from intake.engine import LIKELY, Line, Picture
from intake.rapid import RapidEngine
from records.errors import EngineFailed, EngineMissing
from tests.intake.pictures import font

TEXTS = ("困难职工档案表", "410204196202168902", "0", "河南省开封市鼓楼区新华街273号院9号楼", "是")


def crop_of(text: str, size: int = 34) -> Picture:
    left, top, right, bottom = font(size).getbbox(text)
    paper = Image.new("RGB", (round(right - left) + 32, round(bottom - top) + 32), "white")
    ImageDraw.Draw(paper).text((16 - left, 16 - top), text, "black", font(size))
    return np.asarray(paper)


@pytest.fixture(scope="module")
def engine() -> RapidEngine:
    return RapidEngine()


@pytest.fixture(scope="module")
def lines(engine: RapidEngine) -> list[Line]:
    return engine.read([crop_of(text) for text in TEXTS])


def test_print_is_read_and_answers_come_in_the_order_of_the_crops(lines: list[Line]) -> None:
    assert tuple(line.text for line in lines) == TEXTS
    assert min(line.confidence for line in lines) > 0.8


def test_the_probabilities_behind_a_text_are_probabilities(lines: list[Line], engine: RapidEngine) -> None:
    for line in lines:
        assert line.scores is not None
        assert line.scores.alphabet is engine.alphabet
        every = np.exp(line.scores.log_probs(range(len(engine.alphabet))))
        assert every.sum(axis=1) == pytest.approx(1.0, abs=1e-3)
        assert (every.argmax(axis=1) == line.scores.best).all()
        assert line.scores.likely >= set(np.flatnonzero((every > LIKELY * 1.01).any(axis=0)).tolist())
        assert line.scores.log_probs([5, 3]) == pytest.approx(np.log(every[:, [5, 3]]), abs=1e-3)


def test_the_best_class_of_each_step_spells_the_text(lines: list[Line]) -> None:
    for line in lines:
        assert line.scores is not None
        best = line.scores.best
        kept = [new for old, new in zip(np.r_[0, best], best, strict=False) if new not in (0, old)]
        assert "".join(line.scores.alphabet[index] for index in kept) == line.text


def test_characters_stand_in_order_within_their_crop(lines: list[Line]) -> None:
    for text, line in zip(TEXTS, lines, strict=True):
        assert "".join(glyph.char for glyph in line.glyphs) == text
        middles = [(glyph.x0 + glyph.x1) / 2 for glyph in line.glyphs]
        assert middles == sorted(middles)
        assert 0 <= line.glyphs[0].x0 < line.glyphs[-1].x1 <= crop_of(text).shape[1]


def test_a_character_stands_where_it_was_drawn(lines: list[Line]) -> None:
    middles = [(glyph.x0 + glyph.x1) / 2 for glyph in lines[0].glyphs]
    wanted = [16 + 34 * (place + 0.5) for place in range(len(TEXTS[0]))]
    assert max(abs(one - other) for one, other in zip(middles, wanted, strict=True)) < 12


def test_white_paper_says_nothing(engine: RapidEngine) -> None:
    (line,) = engine.read([np.full((48, 200, 3), 255, np.uint8)])
    assert (line.text, line.glyphs) == ("", ())


def test_a_line_reads_the_same_alone_as_among_others(engine: RapidEngine, lines: list[Line]) -> None:
    (alone,) = engine.read([crop_of(TEXTS[0])])
    assert alone.text == lines[0].text
    assert alone.confidence == pytest.approx(lines[0].confidence, abs=1e-4)


def test_nothing_to_read_gives_nothing(engine: RapidEngine) -> None:
    assert engine.read([]) == []


def test_a_machine_without_the_model_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.rapid.find_spec", lambda name: None)
    with pytest.raises(EngineMissing):
        RapidEngine().read([crop_of("是")])


def test_a_broken_model_is_told_as_a_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    model = tmp_path / "models" / "PP-OCRv6_rec_small.onnx"
    model.parent.mkdir()
    model.write_bytes(b"no model")
    spec = util.spec_from_file_location("rapidocr", tmp_path / "__init__.py")
    monkeypatch.setattr("intake.rapid.find_spec", lambda name: spec)
    with pytest.raises(EngineFailed):
        RapidEngine().read([crop_of("是")])


def test_a_crop_that_the_model_cannot_take_is_told_as_a_failure(
    engine: RapidEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.rapid._normalised", lambda crop: np.zeros((1, 1), np.float32))
    with pytest.raises(EngineFailed):
        engine.read([crop_of("是")])
