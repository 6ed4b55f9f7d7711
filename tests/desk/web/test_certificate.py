from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.web import lan
from desk.web.certificate import LASTS, RENEWED, office_certificate, own_certificate
from records.errors import Refused

NAMES = ("127.0.0.1", "localhost", "192.168.1.5")


def test_a_certificate_is_made_for_the_names_and_kept_for_its_owner(tmp_path: Path) -> None:
    made = own_certificate(tmp_path / "desk", NAMES)
    assert made.names == set(NAMES)
    assert len(made.fingerprint.split(":")) == 32
    for path in (made.key, made.file):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "desk").stat().st_mode) == 0o700
    assert b"ENCRYPTED" not in made.key.read_bytes()


def test_it_stays_the_same_until_it_ends_or_the_names_are_others(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    first = own_certificate(tmp_path, NAMES, now)
    assert own_certificate(tmp_path, NAMES[:2], now + LASTS - RENEWED - timedelta(days=1)) == first
    other = own_certificate(tmp_path, (*NAMES, "dangan.local"), now)
    assert other.fingerprint != first.fingerprint
    later = own_certificate(tmp_path, NAMES, now + LASTS - RENEWED + timedelta(days=1))
    assert later.fingerprint != other.fingerprint
    later.key.write_text("broken")
    assert own_certificate(tmp_path, NAMES, now).fingerprint != later.fingerprint


def test_an_offices_own_that_does_not_fit_its_key_is_refused(tmp_path: Path) -> None:
    one, other = own_certificate(tmp_path / "a", NAMES), own_certificate(tmp_path / "b", NAMES)
    assert office_certificate(one.file, one.key) == one
    for file, key in ((one.file, other.key), (one.key, one.file), (tmp_path / "none", one.key)):
        with pytest.raises(Refused) as refused:
            office_certificate(file, key)
        assert refused.value.code == "certificate_unusable"


@pytest.mark.parametrize(
    ("address", "private"),
    [("192.168.1.5", True), ("10.0.0.1", True), ("172.20.3.4", True)]
    + [(one, False) for one in ("8.8.8.8", "127.0.0.1", "169.254.1.1", "fe80::1", "", "x")],
)
def test_only_addresses_of_an_office_network_are_served(address: str, private: bool) -> None:
    assert lan.is_private(address) is private


def test_the_computers_own_addresses_are_private_ones() -> None:
    assert all(map(lan.is_private, lan.private_addresses()))


def test_a_name_is_a_plain_one() -> None:
    assert lan.names([" Dangan.Local "]) == ["dangan.local"]
    for name in ("", "a b", "x/y", "名", "-a", "a..b", "a:80"):
        with pytest.raises(Refused):
            lan.names([name])
