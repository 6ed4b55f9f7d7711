"""Free Chinese typefaces for drawn forms: `python -m bench.typefaces` fetches them, joins them, lists them.

In: packages of the npm registry, each a typeface cut into slices for the web.
Out: whole .ttf files in a folder of the bench's own, and a fontconfig file that
adds this folder for the bench alone. Nothing of this is installed or shipped.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

CACHE = Path(__file__).resolve().parent / ".cache"
_TIMEOUT = 600


@dataclass(frozen=True, slots=True)
class Typeface:
    """A typeface of the npm registry: its name here, its package and version, what its slices are called."""

    name: str
    package: str
    version: str
    slices: str = "-400-normal.woff2"

    @property
    def archive(self) -> str:
        """The file that `npm pack` writes."""
        return f"{self.package.lstrip('@').replace('/', '-')}-{self.version}.tgz"

    @property
    def file(self) -> Path:
        """Where the joined typeface lies."""
        return CACHE / "fonts" / f"{self.name.replace(' ', '')}.ttf"


TYPEFACES = (
    Typeface("Long Cang", "@fontsource/long-cang", "5.3.0"),
    Typeface("Ma Shan Zheng", "@fontsource/ma-shan-zheng", "5.3.1"),
    Typeface("Zhi Mang Xing", "@fontsource/zhi-mang-xing", "5.3.0"),
    Typeface("Liu Jian Mao Cao", "@fontsource/liu-jian-mao-cao", "5.3.0"),
    Typeface("ZCOOL KuaiLe", "@fontsource/zcool-kuaile", "5.3.0"),
    Typeface("ZCOOL XiaoWei", "@fontsource/zcool-xiaowei", "5.3.0"),
    Typeface("ZCOOL QingKe HuangYou", "@fontsource/zcool-qingke-huangyou", "5.3.0"),
    Typeface("WDXL Lubrifont SC", "@fontsource/wdxl-lubrifont-sc", "5.3.0"),
    Typeface("Iansui", "@fontsource/iansui", "5.3.0"),
    Typeface("Klee One", "@fontsource/klee-one", "5.3.0"),
    Typeface("Yuji Syuku", "@fontsource/yuji-syuku", "5.3.0"),
    Typeface("Xiaolai", "@excalidraw/excalidraw", "0.18.1", "dist/prod/fonts/Xiaolai/"),
)
"""All under the SIL Open Font License, as their packages say."""


def use_typefaces() -> None:
    """Adds the fetched typefaces to what fontconfig shows this process and the programs it starts."""
    settings = CACHE / "fonts.conf"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>\n'
        f"<dir>{CACHE / 'fonts'}</dir>\n<cachedir>{CACHE / 'fontconfig'}</cachedir>\n</fontconfig>\n",
        encoding="utf-8",
    )
    os.environ["FONTCONFIG_FILE"] = str(settings)


def present() -> tuple[Typeface, ...]:
    """The typefaces that were fetched and joined."""
    return tuple(one for one in TYPEFACES if one.file.is_file())


def fetch(wanted: Iterable[Typeface]) -> Iterator[Typeface]:
    """Fetches and joins what is not there yet; yields each typeface that is there in the end."""
    for one in wanted:
        if not one.file.is_file():
            _join(one, _packed(one))
        yield one


def _packed(one: Typeface) -> Path:
    folder = CACHE / "packages"
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / one.archive
    if not archive.is_file():
        npm = shutil.which("npm")
        if npm is None:
            raise FileNotFoundError("npm is not installed")
        asked = [npm, "pack", "--silent", f"{one.package}@{one.version}"]
        subprocess.run(asked, cwd=folder, check=True, timeout=_TIMEOUT, stdout=subprocess.DEVNULL)
    return archive


def _join(one: Typeface, archive: Path) -> None:
    """Writes the slices of a package as one typeface, plain outlines only, under its name."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.recordingPen import DecomposingRecordingPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    glyphs, widths, characters = {}, {}, {}
    for slice_ in _slices(one, archive):
        em, rise, fall = slice_["head"].unitsPerEm, slice_["hhea"].ascent, slice_["hhea"].descent
        drawn = slice_.getGlyphSet()
        for code, name in {0: ".notdef", **slice_.getBestCmap()}.items():
            own = f"u{code:04X}" if code else ".notdef"
            if own in glyphs or name not in drawn:
                continue
            outline = TTGlyphPen(None)
            recorded = DecomposingRecordingPen(drawn)
            drawn[name].draw(recorded)
            recorded.replay(Cu2QuPen(outline, max_err=em / 1000))
            glyphs[own], widths[own] = outline.glyph(), (round(drawn[name].width), 0)
            if code:
                characters[code] = own
    made = FontBuilder(em, isTTF=True)
    made.setupGlyphOrder([".notdef", *(own for own in glyphs if own != ".notdef")])
    made.setupCharacterMap(characters)
    made.setupGlyf(glyphs)
    made.setupHorizontalMetrics(widths)
    made.setupHorizontalHeader(ascent=rise, descent=fall)
    made.setupNameTable({"familyName": one.name, "styleName": "Regular"})
    made.setupOS2(sTypoAscender=rise, sTypoDescender=fall, usWinAscent=rise, usWinDescent=-fall)
    made.setupPost()
    one.file.parent.mkdir(parents=True, exist_ok=True)
    made.save(one.file)


def _slices(one: Typeface, archive: Path) -> Iterator[TTFont]:
    from fontTools.ttLib import TTFont

    with tarfile.open(archive) as package:
        for member in sorted(package.getmembers(), key=lambda member: member.name):
            if one.slices in member.name and member.name.endswith(".woff2"):
                content = package.extractfile(member)
                assert content is not None
                yield TTFont(io.BytesIO(content.read()))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bench.typefaces", description=__doc__)
    parser.add_argument("--list", action="store_true", help="only say which are there")
    asked = parser.parse_args(arguments)
    for one in present() if asked.list else fetch(TYPEFACES):
        print(f"{one.name}: {one.file}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
