"""Packages: any reader opens them, and the same parts are the same bytes."""

from __future__ import annotations

import io
import zipfile

from docgen.zipping import member, packed


def test_a_package_holds_its_parts_in_order_under_their_names() -> None:
    parts = [("[Content_Types].xml", b"<Types/>"), ("word/图.xml", "困难".encode() * 9000), ("empty", b"")]
    made = packed(member(name, data) for name, data in parts)
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        assert package.testzip() is None
        assert [(name, package.read(name)) for name in package.namelist()] == parts
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_same_parts_are_the_same_bytes() -> None:
    assert packed([member("a", b"1" * 999)]) == packed([member("a", b"1" * 999)])
    assert len(packed([member("a", b"1" * 999, 9)])) < len(packed([member("a", b"1" * 999, 0)]))
