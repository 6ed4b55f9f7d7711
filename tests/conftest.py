"""What every room's tests share: property tests that a busy machine does not fail, and a clerk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import settings

from desk.settings import calm_libraries, calm_outside_programs

# Beside other test processes each has one processor; more threads than that only take turns.
if "PYTEST_XDIST_WORKER" in os.environ:
    calm_libraries()
    from intake.threads import use_one_thread

    use_one_thread()

from records import passwords
from tests.clerk import Clerk
from tests.remembering import remember

calm_outside_programs()
remember()
settings.register_profile("dangan", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("dangan")


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Passwords are hashed in a moment; what a hash really costs is looked at with the accounts."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("records.passwords._HASHER", quick)
    passwords.nobody.cache_clear()
    yield
    passwords.nobody.cache_clear()


@pytest.fixture
def dangan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Clerk:
    monkeypatch.setenv("DANGAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DANGAN_USER", "王经办")
    monkeypatch.setenv("DANGAN_TWO_PEOPLE", "false")
    monkeypatch.setenv("COLUMNS", "200")
    return Clerk(tmp_path / "home", monkeypatch, capsys.readouterr)
