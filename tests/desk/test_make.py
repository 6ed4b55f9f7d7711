"""`dangan make` of many records: nothing twice, nothing lost, whatever stops it."""

from __future__ import annotations

from pathlib import Path

import pdfplumber
import pikepdf

from desk import documents_made, phrases
from records.editions import load_editions
from records.medical import MedicalCase
from records.store import Store
from tests.clerk import Clerk

EDITION = load_editions()["henan-2016"]
NAMES = ("王小明", "李建国", "欧阳春华", "赵敏", "钱多多")


def archived(dangan: Clerk) -> None:
    """A store with a few records of invented people."""
    with Store.open(dangan.home) as store:
        for name in NAMES:
            values = {"name": name, "helping_unit": f"{name}的单位"}
            store.save(EDITION, values, "甲", "import", override_why="样表", force=True)


def stamps(folder: Path, suffix: str) -> dict[str, tuple[int, bytes]]:
    return {file.name: (file.stat().st_mtime_ns, file.read_bytes()) for file in folder.glob(f"*{suffix}")}


def test_a_run_that_was_stopped_goes_on_where_it_ended(dangan: Clerk, tmp_path: Path) -> None:
    archived(dangan)
    out = tmp_path / "out"
    assert dangan("make", "contact-card-worker", 1, 2, "--out", out, "--pdf").status == 0
    before = stamps(out, ".pdf")
    said = dangan("make", "contact-card-worker", "--all", "--out", out, "--pdf")
    assert said.status == 0
    assert phrases.MADE_BEFORE.format(count=2) in said.out
    after = stamps(out, ".pdf")
    assert len(after) == len(NAMES)
    assert {name: after[name] for name in before} == before

    with Store.open(dangan.home) as store:
        values = {"name": NAMES[0], "helping_unit": "另一单位"}
        store.save(EDITION, values, "甲", "更正", number=1, override_why="样表")
    dangan("make", "contact-card-worker", "--all", "--out", out, "--pdf")
    anew = stamps(out, ".pdf")
    assert [name for name in anew if anew[name] != after[name]] == [name for name in anew if "0001" in name]
    words = stamps(out, ".docx")
    dangan("make", "contact-card-worker", "--all", "--out", out)
    assert [content for _, content in stamps(out, ".docx").values()] == [
        content for _, content in words.values()
    ]


def test_a_case_that_cannot_be_assessed_costs_no_other(dangan: Clerk, tmp_path: Path) -> None:
    edition = load_editions()["shaoxing-2010"]
    with Store.open(dangan.home) as store:
        for name in NAMES[:3]:
            number = store.save(
                edition, {"name": name}, "甲", "import", override_why="样表", force=True
            ).number
            # An answer to what its notice does not ask any more, as after a unit has changed its own notice.
            given = {"asked_once": "是"} if name == NAMES[1] else {}
            store.medical.save(MedicalCase(number, 2010, given=given), "甲", "立案")
    said = dangan("make", "application", "--all", "--out", tmp_path)
    assert said.status == 1
    assert "档案 2：" in said.err and "asked_once" in said.err
    assert phrases.MADE.format(count=2, folder=tmp_path) in said.out
    assert sorted(file.name[:4] for file in tmp_path.glob("*.docx")) == ["0001", "0003"]


def test_records_are_taken_a_few_at_a_time(dangan: Clerk, tmp_path: Path) -> None:
    archived(dangan)
    dangan.patch.setattr(documents_made, "_AT_ONCE", 2)
    said = dangan("make", "contact-card-worker", "--all", "--out", tmp_path / "out")
    assert said.status == 0
    assert len(stamps(tmp_path / "out", ".docx")) == len(NAMES)


def test_cards_lie_in_the_order_of_their_records_though_some_were_made_before(
    dangan: Clerk, tmp_path: Path
) -> None:
    archived(dangan)
    assert dangan("make", "contact-card-worker", 2, "--out", tmp_path, "--pdf").status == 0
    said = dangan("make", "contact-card-worker", 1, 2, "--out", tmp_path, "--together")
    assert phrases.MADE_BEFORE.format(count=1) in said.out
    with pdfplumber.open(tmp_path / phrases.TOGETHER.format(document="contact-card-worker")) as pdf:
        text = pdf.pages[0].extract_text()
    assert text.index(NAMES[0]) < text.index(NAMES[1])


def test_a_pdf_of_before_does_not_stay_where_the_new_one_fails(dangan: Clerk, tmp_path: Path) -> None:
    archived(dangan)
    assert dangan("make", "contact-card-worker", 1, 2, "--out", tmp_path, "--pdf").status == 0
    with Store.open(dangan.home) as store:
        values = {"name": NAMES[0], "helping_unit": "另一单位"}
        store.save(EDITION, values, "甲", "更正", number=1, override_why="样表")
    broken = tmp_path / "soffice"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    dangan.patch.setenv("DANGAN_SOFFICE", str(broken))
    assert dangan("make", "contact-card-worker", 1, 2, "--out", tmp_path, "--pdf").status == 1
    assert [name[:4] for name in stamps(tmp_path, ".pdf")] == ["0002"]


def test_cards_laid_out_before_do_not_stay_where_none_can_be_made(dangan: Clerk, tmp_path: Path) -> None:
    archived(dangan)
    assert dangan("make", "contact-card-worker", 1, "--out", tmp_path, "--together").status == 0
    with Store.open(dangan.home) as store:
        values = {"name": NAMES[0], "helping_unit": "另一单位"}
        store.save(EDITION, values, "甲", "更正", number=1, override_why="样表")
    dangan.patch.setenv("DANGAN_SOFFICE", str(tmp_path / "none"))
    assert dangan("make", "contact-card-worker", 1, "--out", tmp_path, "--together").status == 1
    assert stamps(tmp_path, ".pdf") == {}


def test_cards_come_many_to_a_page_and_sheets_for_keeping_say_so(dangan: Clerk, tmp_path: Path) -> None:
    archived(dangan)
    said = dangan("make", "contact-card-worker", "--all", "--out", tmp_path, "--together", "--archival")
    assert said.status == 0
    with pdfplumber.open(tmp_path / phrases.TOGETHER.format(document="contact-card-worker")) as pdf:
        texts = [page.extract_text() for page in pdf.pages]
    assert len(texts) == 3
    assert [sum(name in text for text in texts) for name in NAMES] == [1] * len(NAMES)
    [first] = tmp_path.glob("0001-*.pdf")
    with pikepdf.open(first) as pdf, pdf.open_metadata(update_docinfo=False) as told:
        assert told.pdfa_status == "2B"


def test_a_document_that_nobody_knows_is_misuse_however_records_are_chosen(
    dangan: Clerk, tmp_path: Path
) -> None:
    archived(dangan)
    for chosen in (("--all",), ("--search", "王"), ("1",)):
        said = dangan("make", "archve", *chosen, "--out", tmp_path)
        assert said.status == 2 and "archve" in said.err and "跳过" not in said.err


def test_a_full_page_is_not_laid_out_with_others(dangan: Clerk, tmp_path: Path) -> None:
    archived(dangan)
    said = dangan("make", "archive", 1, "--out", tmp_path / "out", "--together")
    assert said.status == 1
    assert "--together" in said.err
    assert len(stamps(tmp_path / "out", ".pdf")) == 1
