"""A real desk: the command in a process of its own on a free loopback port, and a real Chromium."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Request, sync_playwright

from desk.words import INTERRUPTED
from tests.nursery import ROOT, start_desk

PASSWORD = "correct horse 42"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@dataclass(frozen=True)
class Desk:
    """A running desk: its address, and the code for the first administrator."""

    address: str
    code: str
    home: Path


OPTIONS = ("--no-browser", "--port", "0")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Desk]:
    """The command `dangan desk` in a process of its own, stopped at the end."""
    home = tmp_path / "home"
    process, said = start_desk(OPTIONS, surroundings(home))
    with said:
        yield told_by(said, home)
        process.send_signal(signal.SIGTERM)
        assert process.wait() == INTERRUPTED


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Desk]:
    """The same as anybody starts it: by a Python that has loaded nothing yet."""
    home = tmp_path / "home"
    program = "from desk.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", program, "desk", *OPTIONS],
        cwd=ROOT,
        env=surroundings(home),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield told_by(process.stdout, home)
        process.terminate()
        assert process.wait(20) == INTERRUPTED


def surroundings(home: Path) -> dict[str, str]:
    """The environment of a desk over a home."""
    return {**os.environ, "DANGAN_HOME": str(home), "DANGAN_USER": "王经办", "PYTHONUNBUFFERED": "1"}


def told_by(said: IO[str], home: Path, code: str = "") -> Desk:
    """The desk as it introduces itself; with the `code` of an earlier start, none is told any more."""
    told = ""
    while (address := re.search(r"http://[\d.]+:\d+", told)) is None or not (code or "启动码" in told):
        line = said.readline()
        assert line, "the desk did not start"
        told += line
    return Desk(address[0], code or re.findall(r"启动码：(\S+)", told)[0], home)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    assert CHROMIUM, "Chromium is missing: .ci/set-up installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def faults() -> list[str]:
    """What the browser's console complained of; empty at the end of a journey."""
    return []


@pytest.fixture
def page(chromium: Browser, faults: list[str]) -> Iterator[Page]:
    """A page at the size of an office screen, whose complaints are kept."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page = context.new_page()
    page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("requestfinished", _tell)
    page.on("requestfailed", _tell)
    yield page
    context.close()


def _tell(request: Request) -> None:
    """A journey that fails shows what the page had sent, and how it was answered."""
    if request.method != "GET":
        answered = request.response()
        print(
            request.method, request.url, request.post_data, answered.status if answered else request.failure
        )


def become_administrator(page: Page, desk: Desk) -> None:
    """Make the first administrator, as on the first start."""
    page.goto(f"{desk.address}/sign-in?code={desk.code}")
    page.get_by_label("用户名").fill("admin")
    page.get_by_label("姓名").fill("赵主席")
    page.get_by_label("密码（至少").fill(PASSWORD)
    page.get_by_label("再输一遍").fill(PASSWORD)
    page.get_by_role("button", name="设立并登录").click()
    page.wait_for_url(f"{desk.address}/")


def heavy_faults(page: Page) -> list[str]:
    """What keeps somebody from using the page, by axe-core."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(
        "axe.run({resultTypes: ['violations'], preload: false}).then((all) => all.violations)"
    )
    return [
        f"{one['id']} {node['html']}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
