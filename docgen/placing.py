"""Finished files come to their place: first beside it, then in it, so that a half one never stands there."""

from __future__ import annotations

from pathlib import Path


def write_whole(content: bytes, target: Path) -> Path:
    """Writes a file whole or not at all; one that stood there is replaced."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.part")
    beside.write_bytes(content)
    return beside.replace(target)
