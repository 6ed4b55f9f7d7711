"""A real desk: the command in a process of its own on a free loopback port, and a real Chromium."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Request, sync_playwright

ROOT = Path(__file__).resolve().parents[3]
PASSWORD = "correct horse 42"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@dataclass(frozen=True)
class Desk:
    """A running desk: its address, and the code for the first administrator."""

    address: str
    code: str
    home: Path


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Desk]:
    """The command `dangan desk`, stopped at the end."""
    home = tmp_path / "home"
    process = subprocess.Popen(
        [sys.executable, "-c", "from desk.cli import main; main()", "desk", "--no-browser", "--port", "0"],
        cwd=ROOT,
        env={**os.environ, "DANGAN_HOME": str(home), "DANGAN_USER": "王经办", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    told = ""
    while (address := re.search(r"http://[\d.]+:\d+", told)) is None or "启动码" not in told:
        line = process.stdout.readline()
        assert line, "the desk did not start"
        told += line
    code = re.search(r"启动码：(\S+)", told)
    yield Desk(address[0], code[1] if code else "", home)
    process.terminate()
    process.communicate(timeout=20)


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
