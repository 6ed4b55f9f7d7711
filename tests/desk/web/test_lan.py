"""The desk on an office network, which is here a second address of this computer."""

from __future__ import annotations

import hashlib
import http.client
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desk.cli import run
from desk.web import serving
from records.accounts import Role
from records.store import Store

ROOT = Path(__file__).resolve().parents[3]
OFFICE = "127.0.0.2"
START = f"""
import desk.web.lan as lan, desk.web.serving as serving
lan.private_addresses = lambda: ["{OFFICE}"]
serving.PATIENCE = 0.4
from desk.cli import main
main()
"""
Start = Callable[..., tuple[subprocess.Popen[str], str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start the command with an administrator in the store; gives the process and what it said."""
    started: list[subprocess.Popen[str]] = []

    def begun(*options: str) -> tuple[subprocess.Popen[str], str]:
        with Store.open(tmp_path / "home") as store:
            if store.accounts.none_yet():
                store.accounts.add("boss", "赵主席", Role.ADMINISTRATOR, "correct horse 42")
        process = subprocess.Popen(
            [sys.executable, "-c", START, "desk", "--no-browser", "--port", "0", *options],
            cwd=ROOT,
            env={**os.environ, "DANGAN_HOME": str(tmp_path / "home"), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout
        told = ""
        while "有效到" not in told:
            line = process.stdout.readline()
            assert line, f"the desk did not start: {told}"
            told += line
        return process, told

    yield begun
    for process in started:
        process.kill()
        process.communicate()


def test_the_office_network_is_served_by_tls_alone(start: Start) -> None:
    process, told = start("--lan", "--name", "dangan.local")
    port = int(re.findall(rf"https://{OFFICE}:(\d+)", told)[0])
    assert f"https://127.0.0.1:{port}" in told
    pem = ssl.get_server_certificate((OFFICE, port))
    trusting = ssl.create_default_context(cadata=pem)
    trusting.verify_flags &= ~ssl.VERIFY_X509_STRICT
    office = http.client.HTTPSConnection(OFFICE, port, context=trusting, timeout=20)
    office.request("GET", "/sign-in")
    answer = office.getresponse()
    assert answer.status == 200
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    assert "Secure" in answer.headers["Set-Cookie"]
    answer.read()
    for host, status in (("dangan.local", 200), ("evil.example", 421)):
        office.request("GET", "/sign-in", headers={"Host": host})
        answer = office.getresponse()
        assert (answer.read() and answer.status) == status
    certificate = office.sock.getpeercert(binary_form=True)  # type: ignore[attr-defined]
    mark = hashlib.sha256(certificate).hexdigest().upper()
    assert ":".join(re.findall("..", mark)) in told
    plain = http.client.HTTPConnection(OFFICE, port, timeout=5)
    with pytest.raises((http.client.HTTPException, OSError)):
        plain.request("GET", "/sign-in")
        plain.getresponse()
    plain.close()
    slow = trusting.wrap_socket(socket.create_connection((OFFICE, port)), server_hostname=OFFICE)
    slow.settimeout(10)
    slow.send(b"GET / HT")
    assert slow.recv(100) == b""
    begun = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(15)
    assert time.monotonic() - begun < 10
    slow.close()
    office.close()


def test_without_an_administrator_the_office_network_is_not_served(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DANGAN_HOME", str(tmp_path))
    monkeypatch.setattr("desk.web.lan.private_addresses", lambda: [OFFICE])
    monkeypatch.setattr(serving, "serve", lambda *_: pytest.fail("served"))
    assert run(["desk", "--lan", "--no-browser", "--port", "0"]) == 1
    assert "还没有管理员" in capsys.readouterr().err
    monkeypatch.setattr("desk.web.lan.private_addresses", list)
    assert run(["desk", "--lan", "--no-browser", "--port", "0"]) == 1
    assert run(["desk", "--name", "dangan.local"]) == 2
    assert run(["desk", "--lan", "--certificate", "x"]) == 2
