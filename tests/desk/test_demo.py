from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from desk.commands import demo
from records.drafts import Draft, Reading
from records.settling import Decision
from tests.clerk import SAMPLES, Clerk


@pytest.fixture
def few_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Only the digital samples, which need no engine."""
    folder = tmp_path / "samples"
    folder.mkdir()
    for name in ("form.docx", "form.json", "16-henan-2016-song-phone.pdf", "16-henan-2016-song-phone.json"):
        shutil.copyfile(SAMPLES / name, folder / name)
    monkeypatch.setattr(demo, "SAMPLES", folder)
    return folder


def test_the_demo_goes_from_samples_to_documents_and_can_be_run_again(
    dangan: Clerk, few_samples: Path, tmp_path: Path
) -> None:
    for _ in range(2):
        said = dangan("demo", "--out", tmp_path / "demo")
        assert said.status == 0, said.err
        assert "Word：7 份" in said.out
        assert "PDF：7 份" in said.out
        assert len(list((tmp_path / "demo" / "documents").glob("*.pdf"))) == 7
    dangan.patch.setenv("DANGAN_HOME", str(tmp_path / "demo" / "home"))
    assert len(dangan("list", "--json").lines) == 2


def test_the_demo_empties_no_folder_but_its_own(dangan: Clerk, few_samples: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine" / "letter.txt"
    mine.parent.mkdir()
    mine.write_text("keep me", encoding="utf-8")
    dangan.patch.setenv("DANGAN_SOFFICE", str(tmp_path / "absent"))
    said = dangan("demo", "--out", mine.parent)
    assert (said.status, "LibreOffice" in said.out, mine.is_file()) == (0, True, True)


def test_every_bundled_sample_has_its_truth() -> None:
    bundled = [file for file in SAMPLES.iterdir() if file.is_file()]
    files = {file.stem for file in bundled if file.suffix != ".json"}
    assert files == {file.stem for file in SAMPLES.glob("*.json")}
    assert {file.suffix for file in bundled} == {".jpg", ".pdf", ".docx", ".json"}


def test_truth_decides_what_is_doubtful_or_wrong_and_drops_rows_that_are_none() -> None:
    draft = Draft(
        "shaoxing-2010",
        {
            "name": Reading("张三"),
            "gender": Reading("男", review=True),
            "phone": Reading("123"),
            "causes": Reading(("残疾", "其他")),
            "family.0.name": Reading("李四"),
            "family.1.name": Reading("王五"),
        },
    )
    truth = {
        "name": "张三",
        "gender": "男",
        "phone": "456",
        "causes": ("其他", "残疾"),
        "family.0.name": "李四",
    }
    assert demo.decisions_for(draft, truth) == [
        Decision("gender", "男"),
        Decision("phone", "456"),
        Decision("family.1", None),
    ]
