"""Files: any file in, known by its content, checked against the limits, its pages out one at a time.

The suffix is not believed: a .jpg that is a PDF is read as a PDF. What cannot
be read is said by an error; the file itself is never changed.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from intake import word
from intake.grid import Grid
from intake.limits import LIMITS, Limits
from intake.pdf_pages import pdf_pages
from intake.shots import Shot, shots
from intake.text_line import TextLine
from records.errors import Encrypted, OfficeMissing, TooLarge, Unreadable

ToDocx = Callable[[Path, Path], Path]
"""Turns an old Word file into a .docx in a folder, and says where it is."""

_HEAD = 4096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif")
_PICTURES = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"II*\x00",
    b"MM\x00*",
    b"II+\x00",
    b"MM\x00+",
    b"BM",
    b"GIF8",
)
_PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".gif", ".webp", ".heic", ".heif")


class FileKind(StrEnum):
    """What a file is by its content."""

    PICTURE = "picture"
    HEIC = "heic"
    PDF = "pdf"
    DOCX = "docx"
    OLD_WORD = "old_word"


@dataclass(frozen=True, slots=True)
class Scan:
    """A file that can be taken in: where it is, the SHA-256 of its bytes, what it is."""

    path: Path
    sha256: str
    kind: FileKind


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a file, from 1: its digital tables, and how to draw it; Word cannot be drawn.

    `pictured` says that the picture may hold what the tables do not; `written`
    gives the lines of digital text outside any form.
    """

    number: int
    grids: tuple[Grid, ...] = ()
    draw: Callable[[], Shot] | None = None
    pictured: bool = True
    written: Callable[[], tuple[TextLine, ...]] | None = None


def open_scan(file: Path, limits: Limits = LIMITS) -> Scan:
    """A file, looked into and checked; raises Unreadable, Encrypted or TooLarge."""
    try:
        size = file.stat().st_size
        if size > limits.size:
            raise TooLarge("file_too_big", file=file.name, what=size, limit=limits.size)
        with file.open("rb") as stream:
            head = stream.read(_HEAD)
            stream.seek(0)
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise Unreadable("no_access", file=file.name, what=error.strerror or type(error).__name__) from error
    if not head.strip(b"\0 \r\n\t"):
        raise Unreadable("empty_file", file=file.name, what=size)
    return Scan(file, digest, _kind(file, head, limits))


def _kind(file: Path, head: bytes, limits: Limits) -> FileKind:
    if head.startswith(_PICTURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return FileKind.PICTURE
    if head[4:8] == b"ftyp" and any(brand in head[8:64] for brand in _HEIC_BRANDS):
        return FileKind.HEIC
    if b"%PDF-" in head[:1024]:
        return FileKind.PDF
    if head.startswith(b"PK"):
        return _archive_kind(file, limits)
    if head.startswith(_OLE):
        return _ole_kind(file)
    if (
        head.startswith(b"{\\rtf")
        or b"urn:schemas-microsoft-com:office:word" in head
        or b"Word.Document" in head
    ):
        return FileKind.OLD_WORD
    raise _unknown(file)


def _unknown(file: Path) -> Unreadable:
    """What to raise for a content that is of no kind, by what the name promises."""
    code = "not_a_picture" if file.suffix.lower() in _PICTURE_SUFFIXES else "unknown_kind"
    return Unreadable(code, file=file.name, what=file.suffix)


def _archive_kind(file: Path, limits: Limits) -> FileKind:
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    # zipfile says NotImplementedError of a compression that it does not know.
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable("broken_file", file=file.name, what="ZIP") from error
    _check_archive(file, members, limits)
    names = {member.filename for member in members}
    if any(name.startswith("word/") for name in names):
        return FileKind.DOCX
    if "content.xml" in names and "mimetype" in names and not file.suffix.lower().startswith(".ods"):
        return FileKind.OLD_WORD
    raise _unknown(file)


def _check_archive(file: Path, members: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Sizes are checked as the archive declares them: Python unpacks no more than that."""
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    if any(member.flag_bits & 1 for member in members):
        raise Encrypted(file=file.name)
    if len(members) > limits.members:
        raise TooLarge("archive_bomb", file=file.name, what=len(members), limit=limits.members)
    if unpacked > limits.unpacked:
        raise TooLarge("archive_bomb", file=file.name, what=unpacked, limit=limits.unpacked)
    if unpacked > 20_000_000 and unpacked / packed > limits.ratio:
        raise TooLarge("archive_bomb", file=file.name, what=unpacked // packed, limit=limits.ratio)


def _ole_kind(file: Path) -> FileKind:
    """Word 97-2003 and WPS; a locked .docx is an OLE file, too ([MS-OFFCRYPTO] 1.3)."""
    content = file.read_bytes()
    if _in_directory(content, "EncryptedPackage"):
        raise Encrypted(file=file.name)
    if not _in_directory(content, "WordDocument"):
        raise _unknown(file)
    if _is_locked(content):
        raise Encrypted(file=file.name)
    return FileKind.OLD_WORD


def _in_directory(content: bytes, name: str) -> bool:
    return name.encode("utf-16-le") in content


def _is_locked(content: bytes) -> bool:
    """Whether the document's first block says fEncrypted ([MS-DOC] 2.5.2 FibBase)."""
    for start in range(512, len(content) - 12, 512):
        if content[start : start + 2] == b"\xec\xa5":
            return bool(content[start + 11] & 0x01)
    return False


def pages(scan: Scan, to_docx: ToDocx | None, limits: Limits = LIMITS) -> Iterator[Page]:
    """The pages of a file, one at a time; raises what is wrong with the file when it comes to it."""
    if scan.kind in (FileKind.PICTURE, FileKind.HEIC):
        loaders = shots(scan.path, scan.kind is FileKind.HEIC, limits)
        for number, load in enumerate(loaders, start=1):
            yield Page(number, draw=load)
    elif scan.kind is FileKind.PDF:
        for number, page in enumerate(pdf_pages(scan.path, limits), start=1):
            pictured = page.pictured or not page.grids
            yield Page(number, page.grids, page.draw, pictured, page.written)
    elif scan.kind is FileKind.DOCX:
        yield Page(1, word.grids(scan.path))
    else:
        yield Page(1, _old_word(scan.path, to_docx, limits))


def _old_word(file: Path, to_docx: ToDocx | None, limits: Limits) -> tuple[Grid, ...]:
    if to_docx is None:
        raise OfficeMissing(file=file.name)
    with TemporaryDirectory(prefix="dangan-") as folder:
        turned = to_docx(file, Path(folder))
        if _archive_kind(turned, limits) is not FileKind.DOCX:
            raise Unreadable("broken_file", file=file.name, what="DOC")
        return word.grids(turned)
