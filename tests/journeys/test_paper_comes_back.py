"""Paper that knows its record: made, printed, written on, scanned again, taken."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import pdfplumber
import pypdfium2
import pytest
from PIL import ImageDraw, ImageFont

from desk.contract import read_fields
from docgen.fonts import present_fonts
from records.editions import load_editions
from records.store import Store
from records.values import Values
from tests.clerk import SAMPLES, Clerk

DPI = 200
EDITIONS = load_editions()


@pytest.fixture
def printed(dangan: Clerk, tmp_path: Path) -> Path:
    """The archive form of a record as PDF."""
    told = json.loads((SAMPLES / "00-henan-2016-song-office_200.json").read_text(encoding="utf-8"))
    edition = EDITIONS[told["edition"]]
    with Store.open(dangan.home) as store:
        store.save(edition, read_fields(edition, told["fields"])[0], "建档人", "录入", override_why="试")
    assert dangan("make", "archive", "1", "--out", tmp_path, "--pdf").status == 0
    [made] = tmp_path.glob("*.pdf")
    return made


def scanned(printed: Path, written: Mapping[str, str], target: Path, *, quality: int = 75) -> Path:
    """The printed page with words written beside the first of others, a little askew, as JPEG."""
    page = pypdfium2.PdfDocument(printed)[0].render(scale=DPI / 72).to_pil().convert("RGB")
    pen, dot = ImageDraw.Draw(page), DPI / 72
    face = next(face for face in present_fonts().faces if any("WenKai" in name for name in face.names))
    font = ImageFont.truetype(str(face.file), 32, index=face.index)
    with pdfplumber.open(printed) as document:
        words = document.pages[0].extract_words()
    for beside, said in written.items():
        word = next(word for word in words if beside in word["text"])
        if said == "-":
            middle = (word["top"] + word["bottom"]) / 2 * dot
            pen.line([(word["x0"] * dot - 4, middle), (word["x1"] * dot + 4, middle)], (40, 40, 60), 4)
        else:
            below = 18 * dot if beside.startswith("其他联系方式") else -1 * dot
            at = word["x0" if below > 0 else "x1"] * dot + 4, word["top"] * dot + below - 6
            pen.text(at, said, (30, 30, 110), font)
    picture = np.ascontiguousarray(np.asarray(page)[:, :, ::-1])
    high, wide = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), 1.2, 0.98)
    askew = cv2.warpAffine(picture, turn, (wide, high), borderValue=(250, 250, 250))
    seal = cv2.circle(askew.copy(), (wide - 420, high - 330), 165, (60, 45, 215), 9)
    worn = cv2.addWeighted(seal, 0.8, askew, 0.2, 0)
    cv2.imwrite(str(target), worn, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return target


def values(dangan: Clerk) -> Values:
    with Store.open(dangan.home) as store:
        return dict(store.record(1).values)


def test_a_signed_sheet_is_filed_and_exactly_what_the_pen_changed_is_shown(
    dangan: Clerk, printed: Path, tmp_path: Path
) -> None:
    before = values(dangan)
    clean = dangan("take", scanned(printed, {}, tmp_path / "clean.jpg"))
    assert clean.status == 0 and "归入档案 1（困难职工档案表），与打印内容一致" in clean.out
    changes = {"其他联系方式": "0371-65432", "15577604353": "-", "腰颈椎病": "重"}
    said = dangan("take", scanned(printed, changes, tmp_path / "changed.jpg"))
    assert said.status == 0
    assert "3 处与打印内容不同" in said.out
    with Store.open(dangan.home) as store:
        [waiting] = store.drafts()
        draft = store.draft(waiting.number)
        assert draft.record == 1
        assert set(draft.doubtful) == {"health", "mobile", "other_contact"}
        assert [copy.revision for copy in store.copies(1)] == [1, 1]
    typed = ["", "-", "", "照原件", ""]
    stored = dangan("review", typed=typed)
    assert "已存为档案 1" in stored.out
    after = values(dangan)
    assert {path for path in before | after if before.get(path) != after.get(path)} <= set(draft.doubtful)
    assert after.get("mobile") is None and "签回的原件" in dangan("show", "1").out


def test_a_sheet_of_an_older_revision_is_said_and_read_as_any_other(
    dangan: Clerk, printed: Path, tmp_path: Path
) -> None:
    with Store.open(dangan.home) as store:
        moved = dict(store.record(1).values) | {"remarks": "另有补充"}
        store.save(EDITIONS["henan-2016"], moved, "改", "补充", number=1, override_why="试")
    said = dangan("take", scanned(printed, {}, tmp_path / "stale.jpg"))
    assert said.status == 0 and "现已有新的存档" in said.err
    with Store.open(dangan.home) as store:
        assert store.copies(1) == [] and store.draft(1).record is None
