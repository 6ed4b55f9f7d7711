from __future__ import annotations

from pathlib import Path

import pytest

from docgen.placing import write_whole


def test_a_file_comes_whole_and_replaces_the_one_before(tmp_path: Path) -> None:
    target = tmp_path / "new" / "a.pdf"
    for content in (b"one", b"two"):
        assert write_whole(content, target) == target
        assert target.read_bytes() == content
    assert list(target.parent.iterdir()) == [target]


def test_a_write_that_fails_leaves_the_file_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = write_whole(b"one", tmp_path / "a.pdf")

    def full(file: Path, content: bytes) -> int:
        file.open("wb").close()
        raise OSError(28, "No space left on device", str(file))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(b"two", target)
    assert target.read_bytes() == b"one"
