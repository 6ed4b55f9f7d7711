from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from bench import typefaces
from bench.typefaces import Typeface, fetch, use_typefaces


def slice_of(characters: str) -> bytes:
    """A piece of a web typeface: a square for each character."""
    pen = TTGlyphPen(None)
    for spot in ((0, 0), (0, 500), (500, 500), (500, 0)):
        (pen.moveTo if spot == (0, 0) else pen.lineTo)(spot)
    pen.closePath()
    names = [".notdef", *(f"g{ord(char)}" for char in characters)]
    made = FontBuilder(1000, isTTF=True)
    made.setupGlyphOrder(names)
    made.setupCharacterMap({ord(char): f"g{ord(char)}" for char in characters})
    made.setupGlyf(dict.fromkeys(names, pen.glyph()))
    made.setupHorizontalMetrics(dict.fromkeys(names, (600, 0)))
    made.setupHorizontalHeader(ascent=800, descent=-200)
    made.setupNameTable({"familyName": "Slice", "styleName": "Regular"})
    made.setupOS2()
    made.setupPost()
    made.font.flavor = "woff2"
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(typefaces, "CACHE", tmp_path)
    monkeypatch.setenv("FONTCONFIG_FILE", "")
    return tmp_path


def test_slices_are_joined_into_one_typeface_of_its_own_name(cache: Path) -> None:
    one = Typeface("Own Hand", "@somebody/own-hand", "1.0.0")
    (cache / "packages").mkdir()
    with tarfile.open(cache / "packages" / one.archive, "w:gz") as package:
        for number, characters in enumerate(("王李", "李9")):
            content = slice_of(characters)
            member = tarfile.TarInfo(f"package/files/own-hand-{number}-400-normal.woff2")
            member.size = len(content)
            package.addfile(member, io.BytesIO(content))
    assert list(fetch([one])) == [one]
    joined = TTFont(one.file)
    assert {chr(code) for code in joined.getBestCmap()} == {"王", "李", "9"}
    assert joined["name"].getDebugName(1) == "Own Hand"
    assert one.archive == "somebody-own-hand-1.0.0.tgz"


def test_the_bench_alone_sees_the_typefaces_besides_the_machines_own(cache: Path) -> None:
    use_typefaces()
    settings = (cache / "fonts.conf").read_text(encoding="utf-8")
    assert f"<dir>{cache / 'fonts'}</dir>" in settings
    assert "/etc/fonts/fonts.conf" in settings
