"""Screenshots of the running desk, for the manual: `python -m bench.screenshots docs/pictures`.

In: the bundled samples and invented people. Out: one PNG of few colours for each page, from the real desk
in a real Chromium. `--every` and `--whole` are for looking at all pages, at any width.
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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright

from bench.people import household
from records.accounts import Role
from records.editions import load_editions
from records.store import Store

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "scans" / "samples"
PASSWORD = "correct horse 42"  # noqa: S105  # of accounts that live as long as this program
PROGRAM = (sys.executable, "-c", "from desk.cli import main; main()")
SCREEN, TELEPHONE = ViewportSize(width=1366, height=768), ViewportSize(width=390, height=844)
_COLOURS = 96
_PEOPLE = 40


@dataclass(frozen=True)
class Shot:
    """A picture: its name, its page, what is done there before, whether it is of a telephone."""

    name: str
    path: str
    first: Callable[[Page], object] = lambda _: None
    phone: bool = False


def _make_cards(page: Page) -> None:
    page.get_by_label("文书", exact=True).select_option("henan-2016/contact-cards")
    page.get_by_text("再拼在 A4 纸上").wait_for()
    page.get_by_role("button", name="制作").click()
    page.get_by_role("img", name="第 1 页").first.wait_for(timeout=90_000)


def _look_at_origin(page: Page) -> None:
    page.get_by_role("button", name="困难类别：原件和历史").click()
    page.locator("#origin img").first.wait_for()


def _first_doubt(page: Page) -> None:
    page.locator(".lit").first.wait_for()
    page.locator(".field.open input").first.focus()


def _scroll_to_plots(page: Page) -> None:
    page.locator("#plot-categories").first.evaluate("one => one.scrollIntoView()")


SHOTS = (
    Shot("desk-home", "/"),
    Shot("desk-take", "/take"),
    Shot("desk-take-phone", "/take", phone=True),
    Shot("desk-station", "/review/2", _first_doubt),
    Shot("desk-group", "/review/group/henan-2016/id_number"),
    Shot("desk-records", "/records?q=w"),
    Shot("desk-record", "/records/1", _look_at_origin),
    Shot("desk-documents", "/records/1/documents"),
    Shot("desk-pages", "/records/1/documents", _make_cards),
    Shot("desk-case", "/cases/1"),
    Shot("desk-figures", "/figures", _scroll_to_plots),
    Shot("desk-people", "/people"),
    Shot("desk-audit", "/audit"),
)
"""Those of the manual."""
OTHERS = (
    Shot("review", "/review"),
    Shot("group", "/review/group"),
    Shot("duplicates", "/records/duplicates"),
    Shot("compare", "/records/1/compare"),
    Shot("work", "/records/work/deadline"),
    Shot("choose", "/documents"),
    Shot("cases", "/cases"),
    Shot("new-case", "/cases/new"),
    Shot("account", "/account"),
    Shot("person", "/people/1"),
    Shot("help", "/help"),
)
"""Those that are only looked at."""


@contextmanager
def desk(home: Path) -> Iterator[str]:
    """The address of the running desk."""
    process = subprocess.Popen(
        [*PROGRAM, "desk", "--no-browser", "--port", "0"],
        cwd=ROOT,
        env=_environment(home),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    told, address = "", None
    while address is None:
        told += process.stdout.readline()
        address = re.search(r"http://[\d.]+:\d+", told)
    try:
        yield address[0]
    finally:
        process.terminate()
        process.communicate()


def fill(home: Path) -> None:
    """An archive of samples and invented people, the first from its paper, one with a medical case."""
    papers = [*SAMPLES.glob("*.pdf"), *sorted(SAMPLES.glob("0[013]*.jpg"))]
    _run(home, "take", *papers)
    _run(home, "review", 1, typed="照原件存\n\n\n")
    _run(home, "review", 1, "--approve", "--who", "李审核", typed="\n" * 99)
    case = SAMPLES / "medical"
    _run(home, "import", case / "record.json", "--override", "样例")
    _run(home, "case", "new", 2, "--from", case / "case.json")
    with Store.open(home) as store:
        random, editions = Random(5), list(load_editions())
        for number in range(_PEOPLE):
            edition = editions[number % len(editions)]
            store.save(
                edition, household(edition, random), "王经办", "typed", override_why="样例", force=True
            )
        store.accounts.add_first("admin", "赵主席", PASSWORD)
        store.accounts.add("wang", "王经办", Role.CLERK, PASSWORD)
        store.accounts.add("li", "李审核", Role.REVIEWER, PASSWORD)
        store.accounts.add("chen", "陈经办", Role.CLERK, PASSWORD, "第一纺织厂工会")
        store.accounts.add("sun", "孙统计", Role.READER, PASSWORD)


def _run(home: Path, *words: object, typed: str = "") -> None:
    subprocess.run(
        [*PROGRAM, *map(str, words)],
        cwd=ROOT,
        env=_environment(home) | {"DANGAN_TWO_PEOPLE": "false"},
        input=typed,
        text=True,
        capture_output=True,
        check=True,
    )


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "DANGAN_HOME": str(home), "DANGAN_USER": "王经办", "PYTHONUNBUFFERED": "1"}


def sign_in(page: Page, address: str) -> None:
    """As the administrator."""
    page.goto(f"{address}/sign-in")
    page.get_by_label("用户名").fill("admin")
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/")


def take(page: Page, address: str, shot: Shot, whole: bool) -> bytes:
    """One picture."""
    page.goto(address + shot.path)
    page.wait_for_load_state("networkidle")
    shot.first(page)
    page.wait_for_timeout(600)
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > page.evaluate("innerWidth"):
        print(shot.name, "is wider than its screen:", wide)
    return page.screenshot(full_page=whole)


def save(picture: bytes, file: Path) -> None:
    """The picture with few colours: a manual of many must stay small."""
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(
        file, optimize=True
    )


def main() -> None:
    """Take them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--every", action="store_true", help="pages too that the manual does not show")
    parser.add_argument("--whole", action="store_true", help="the whole page, not the screen")
    parser.add_argument("--phone", action="store_true", help="every page as a telephone shows it")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="dangan-") as folder:
        home = Path(folder)
        fill(home)
        with desk(home) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
                args=["--no-sandbox", "--lang=zh-CN"],
                env={**os.environ, "LANGUAGE": "zh_CN"},
            )
            page = browser.new_page(viewport=SCREEN, locale="zh-CN")
            page.on("console", lambda told: print(page.url, told.text) if told.type == "error" else None)
            sign_in(page, address)
            for shot in (*SHOTS, *(OTHERS if asked.every else ())):
                page.set_viewport_size(TELEPHONE if shot.phone or asked.phone else SCREEN)
                save(take(page, address, shot, asked.whole), asked.out / f"{shot.name}.png")
            browser.close()


if __name__ == "__main__":
    main()
