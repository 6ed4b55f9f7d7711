"""`dangan calibration`: a folder with truths in, table and picture out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from tests.clerk import SAMPLES, Clerk


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A form typed in Word, beside a truth that differs from it in one field."""
    known = tmp_path / "known"
    known.mkdir()
    shutil.copy(SAMPLES / "form.docx", known)
    truth = json.loads((SAMPLES / "form.json").read_text(encoding="utf-8"))
    truth["fields"]["name"] = "别人"
    (known / "form.json").write_text(json.dumps(truth), encoding="utf-8")
    return known


def test_the_curve_and_the_bins_are_printed_and_drawn(dangan: Clerk, folder: Path, tmp_path: Path) -> None:
    picture = tmp_path / "out" / "curve.png"
    said = dangan("calibration", folder, "--engine", "tests.clerk:Blind", "--picture", picture)
    assert said.status == 0
    assert "form.docx" in said.err
    assert "读错 1 处" in said.err
    assert "免核对" in said.out
    with Image.open(picture) as image:
        assert image.format == "PNG"
        assert image.width > image.height > 500


def test_a_folder_without_truths_is_said(dangan: Clerk, tmp_path: Path) -> None:
    said = dangan("calibration", tmp_path, "--engine", "tests.clerk:Blind")
    assert said.status == 1
    assert ".json" in said.err


def test_a_broken_truth_does_not_stop_the_others(dangan: Clerk, folder: Path) -> None:
    shutil.copy(folder / "form.docx", folder / "a.docx")
    (folder / "a.json").write_text("{", encoding="utf-8")
    said = dangan("calibration", folder, "--engine", "tests.clerk:Blind")
    assert said.status == 1
    assert "a.json" in said.err
    assert "form.docx" in said.err
    assert "免核对" in said.out
