"""A page too poor to read says why it should be scanned again, as measured, and gives not one value."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from intake.engine import Picture
from records.store import Store
from tests.clerk import SAMPLES, Clerk

FORM = min(SAMPLES.glob("*.jpg"))
GRAIN = np.random.default_rng(7)


def too_dark(page: Picture) -> Picture:
    return np.clip(page * 0.07 + GRAIN.normal(0, 6, page.shape), 0, 255).astype(np.uint8)


def too_coarse(page: Picture) -> Picture:
    share = 420 / max(page.shape)
    return cv2.resize(page, None, fx=share, fy=share, interpolation=cv2.INTER_AREA).astype(np.uint8)


def too_blurred(page: Picture) -> Picture:
    return cv2.GaussianBlur(page, (0, 0), max(page.shape) / 520).astype(np.uint8)


def out_of_focus(page: Picture) -> Picture:
    """So far that no line of it is dark: not to be taken for what shines through from the other side."""
    return cv2.GaussianBlur(page, (0, 0), max(page.shape) / 420).astype(np.uint8)


def cut_off(page: Picture) -> Picture:
    return np.ascontiguousarray(page[:, : round(page.shape[1] * 0.7)])


def curled(page: Picture) -> Picture:
    """As a page bound into a book: it rises on its way across."""
    high, wide = page.shape[:2]
    room = cv2.copyMakeBorder(page, high // 8, high // 8, 0, 0, cv2.BORDER_REPLICATE)
    x, y = np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(len(room), dtype=np.float32))
    wave = np.sin(x / wide * np.pi * 1.3 + 0.4) * high * 0.1
    return cv2.remap(room, x, y + wave, cv2.INTER_CUBIC, borderValue=(255, 255, 255)).astype(np.uint8)


POOR = {
    too_dark: ("图片太暗（纸面亮度约 ", "scan_dark"),
    too_coarse: ("扫描太粗（字高约 ", "scan_coarse"),
    too_blurred: ("图片模糊（笔画边缘宽约为字高的 ", "scan_blurred"),
    out_of_focus: ("图片模糊（笔画边缘宽约为字高的 ", "scan_blurred"),
    cut_off: ("表格有 1 边伸到了图片之外", "table_cut_off"),
    curled: ("纸张卷曲不平（表格线转了约 ", "scan_curled"),
}


def worn(folder: Path, wear: Callable[[Picture], Picture]) -> Path:
    page = cv2.imread(str(FORM))
    assert page is not None
    file = folder / f"{wear.__name__}.png"
    cv2.imwrite(str(file), wear(page.astype(np.uint8)))
    return file


def test_each_poor_page_is_said_to_be_scanned_again_and_why_and_gives_no_values(
    dangan: Clerk, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    files = {wear: worn(folder, wear) for wear in POOR}
    said = dangan("take", folder, "--processes", 1)
    assert said.status == 1
    told = {line.split("：")[0].split()[0]: line for line in said.err.splitlines() if ".png" in line}
    for wear, file in files.items():
        assert POOR[wear][0] in told[file.name]
    assert "收到" not in said.out
    with Store.open(dangan.home) as store:
        assert store.drafts() == []
        reasons = {aside.reason.code for aside in store.aside()}
    assert reasons == {code for _, code in POOR.values()}

    # The same to programs, of pages that were looked at already.
    for wear in (cut_off, curled):
        [line] = dangan("read", files[wear], "--json").lines
        assert (line["edition"], line["pages"]) == (None, [1])
        assert line["code"] == POOR[wear][1]
        assert "重新扫描" in line["reason"]
        assert "fields" not in line
