"""Screenshots of the running desk, for the manual: `python -m bench.screenshots OUT [--width 1366]`.

In: the bundled samples. Out: one PNG a page of the real desk in a real Chromium, with invented people only.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "scans" / "samples"
PASSWORD = "correct horse 42"  # noqa: S105  # of an account that lives as long as this program
PROGRAM = (sys.executable, "-c", "from desk.cli import main; main()")
HEIGHT = 768
_COLOURS = 96


@dataclass(frozen=True)
class Shot:
    """A picture of the manual: its name and its page."""

    name: str
    path: str


SHOTS = (
    Shot("desk-home", "/"),
    Shot("desk-take", "/take"),
    Shot("desk-review", "/review"),
    Shot("desk-station", "/review/{draft}"),
    Shot("desk-records", "/records?q=w"),
    Shot("desk-record", "/records/{record}"),
    Shot("desk-documents", "/records/{record}/documents"),
    Shot("desk-cases", "/cases"),
    Shot("desk-figures", "/figures"),
    Shot("desk-people", "/people"),
    Shot("desk-account", "/account"),
)


@contextmanager
def desk(home: Path) -> Iterator[tuple[str, str]]:
    """The running desk: its address and the code of the first start."""
    process = subprocess.Popen(
        [*PROGRAM, "desk", "--no-browser", "--port", "0"],
        cwd=ROOT,
        env=_environment(home),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    told = ""
    while "启动码：" not in told:
        told += process.stdout.readline()
    address, code = re.search(r"http://[\d.:]+", told), re.search("启动码：(\\S+)", told)
    assert address and code
    try:
        yield address[0], code[1]
    finally:
        process.terminate()
        process.communicate()


def fill(home: Path) -> None:
    """An archive with the people of the samples: some stored, some waiting for a clerk."""
    truths = sorted(SAMPLES.glob("*.json"))
    for truth in truths:
        subprocess.run(
            [*PROGRAM, "import", str(truth), "--override", "样例"], cwd=ROOT, env=_environment(home)
        )
    papers = [*sorted(SAMPLES.glob("*.pdf"))[:2], *sorted(SAMPLES.glob("*.jpg"))[:2]]
    subprocess.run([*PROGRAM, "take", *map(str, papers)], cwd=ROOT, env=_environment(home))


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "DANGAN_HOME": str(home), "DANGAN_USER": "王经办", "PYTHONUNBUFFERED": "1"}


def become_administrator(page: Page, address: str, code: str) -> None:
    """The first start."""
    page.goto(f"{address}/sign-in?code={code}")
    page.get_by_label("用户名").fill("admin")
    page.get_by_label("姓名").fill("赵主席")
    page.get_by_label("密码（至少").fill(PASSWORD)
    page.get_by_label("再输一遍").fill(PASSWORD)
    page.get_by_role("button", name="设立并登录").click()
    page.wait_for_url(f"{address}/")


def save(picture: bytes, file: Path) -> None:
    """The picture with few colours: a manual of many must stay small."""
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(
        file, optimize=True
    )


def main() -> None:
    """Take them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--width", type=int, default=1366)
    parser.add_argument("--whole", action="store_true", help="the whole page, not the screen")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="dangan-"))
    fill(home)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with desk(home) as (address, code), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": asked.width, "height": HEIGHT}, locale="zh-CN")
        page.on("console", lambda told: print(page.url, told.text) if told.type == "error" else None)
        become_administrator(page, address, code)
        for shot in SHOTS:
            page.goto(address + shot.path.format(draft=3, record=1))
            page.wait_for_timeout(800)
            save(page.screenshot(full_page=asked.whole), asked.out / f"{shot.name}.png")
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > asked.width:
                print(shot.name, "is wider than its screen:", wide)
    shutil.rmtree(home)


if __name__ == "__main__":
    main()
