"""Scans of papers as PDF pages: a kept file comes in, a PDF of the pages wanted lies in a folder afterwards.

Pictures go in as they are, byte for byte where PDF knows their format, else
without loss; which way up they stand and how large their paper is, they say
themselves. Everything is opened and decoded once, so that what is broken is
known before anybody binds it.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import img2pdf
import pikepdf
from PIL import Image, ImageOps

from records.errors import DanganError, Encrypted, TooLarge, Unreadable

MOST_PIXELS = 80_000_000
MOST_PAGES = 2000
POINTS = 72
LONG_SIDE = 297 / 25.4 * POINTS
"""How long a paper is taken for whose picture does not say, points: like A4."""
_PLAUSIBLE = (97.0, 2400.0)
"""Resolutions that a scanner gives; others, with 72 and 96, only say that nobody knows."""
_DEEPEST = 50
"""How many groups of pages may stand in each other; a loop would have no end."""
_HEAD, _TAIL = 1024, 2048
"""Where a PDF says that it is one, and that it is over, bytes."""
_SEVERAL = ("TIFF",)
"""The picture formats whose frames are pages; others keep previews in theirs."""

# It would tell of colour spaces on the screen.
logging.getLogger(img2pdf.__name__).addHandler(logging.NullHandler())
logging.getLogger(img2pdf.__name__).propagate = False


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A scan as a PDF of its own: the file and how many pages it has."""

    pdf: Path
    pages: int


def enclose(file: Path, name: str, checksum: str, pages: Sequence[int], target: Path) -> Enclosed:
    """The pages wanted of a scan (none: all) as a PDF; `name` is what the clerk knows the file by.

    Raises Unreadable, Encrypted, TooLarge; nothing else, whatever the file holds.
    """
    try:
        data = file.read_bytes()
        if sha256(data).hexdigest() != checksum:
            raise Unreadable("scan_changed", file=name, sha256=checksum)
        with pikepdf.open(io.BytesIO(_as_pdf(data, name))) as pdf:
            return _chosen(pdf, name, pages, target)
    except DanganError:
        raise
    except pikepdf.PasswordError as error:
        raise Encrypted("encrypted", file=name) from error
    except MemoryError as error:
        raise TooLarge("out_of_memory", file=name) from error
    except Exception as error:  # a broken file breaks the libraries in ways that nobody has counted
        raise Unreadable("unreadable", file=name, what=repr(error)) from error


def staple(pictures: Sequence[tuple[Path, str]], target: Path) -> None:
    """Pictures (with the names they came by) as the pages of one PDF, in their order and without loss.

    Each picture's own bytes lie in it: as its page's picture where PDF knows the format, else attached. The
    same pictures in the same order give the same bytes. Raises Unreadable, TooLarge; nothing else, whatever
    they hold.
    """
    with pikepdf.new() as pdf:
        for file, name in pictures:
            try:
                _add_picture(pdf, file.read_bytes(), name)
            except DanganError:
                raise
            except MemoryError as error:
                raise TooLarge("out_of_memory", file=name) from error
            except Exception as error:  # as above
                raise Unreadable("not_a_picture", file=name, what=Path(name).suffix) from error
        pdf.save(target, deterministic_id=True)


def _add_picture(pdf: pikepdf.Pdf, data: bytes, name: str) -> None:
    if b"%PDF-" in data[:_HEAD]:
        raise Unreadable("not_a_picture", file=name, what=Path(name).suffix)
    with pikepdf.open(io.BytesIO(_pictures(data, name))) as one:
        for page in one.pages:
            _check_whole(page)
        whole = any(image.read_raw_bytes() == data for page in one.pages for image in images(page))
        pdf.pages.extend(one.pages)
    if not whole:
        own = f"{len(pdf.attachments) + 1:03}{Path(name).suffix.lower()}"
        kept = pikepdf.AttachedFileSpec(
            pdf, data, description="", filename=own, mime_type="", creation_date="", mod_date=""
        )
        pdf.attachments[own] = kept


def _as_pdf(data: bytes, name: str) -> bytes:
    if not data:
        raise Unreadable("empty_file", file=name)
    if b"%PDF-" not in data[:_HEAD]:
        return _pictures(data, name)
    if b"%%EOF" not in data[-_TAIL:]:
        # What is left of a broken-off file can be read, but nobody knows which pages are gone.
        raise Unreadable("unreadable", file=name, what="broken off")
    return data


def _chosen(pdf: pikepdf.Pdf, name: str, pages: Sequence[int], target: Path) -> Enclosed:
    _check_pages(pdf, name, pages)
    _flatten(pdf)
    for index in reversed([at for at in range(len(pdf.pages)) if pages and at + 1 not in pages]):
        del pdf.pages[index]
    for page in pdf.pages:
        _check_whole(page)
    pdf.remove_unreferenced_resources()
    pdf.save(target)
    return Enclosed(target, len(pdf.pages))


def _check_pages(pdf: pikepdf.Pdf, name: str, pages: Sequence[int]) -> None:
    there = len(pdf.pages)
    if there > MOST_PAGES:
        raise TooLarge("too_many_pages", file=name, what=there, limit=MOST_PAGES)
    lacking = [page for page in pages if not 1 <= page <= there]
    if lacking or not there:
        raise Unreadable("page_not_there", file=name, page=lacking[0] if lacking else 1, pages=there)


def _flatten(pdf: pikepdf.Pdf) -> None:
    """Draws into the pages what was filled into a form or noted on it; only pages go on from here."""
    if any(pikepdf.Name.Annots in page for page in pdf.pages):
        pdf.generate_appearance_streams()
        pdf.flatten_annotations("all")


def _check_whole(page: pikepdf.Page) -> None:
    """Decodes what a page is made of, so that no page is blank or half there without a word."""
    pikepdf.parse_content_stream(page)
    for image in images(page):
        if image.get(pikepdf.Name.Filter) == pikepdf.Name.DCTDecode:
            with Image.open(io.BytesIO(image.read_raw_bytes())) as picture:
                picture.load()
        else:
            image.get_raw_stream_buffer()


def images(page: pikepdf.Page) -> Iterator[pikepdf.Stream]:
    """Every picture on a page, those inside forms too, each once."""
    seen: set[tuple[int, int]] = set()
    waiting = [inherited(page, pikepdf.Name.Resources)]
    while waiting:
        resources = waiting.pop()
        if resources is None:
            continue
        for stream in resources.get(pikepdf.Name.XObject, pikepdf.Dictionary()).values():
            if stream.objgen in seen or not isinstance(stream, pikepdf.Stream):
                continue
            seen.add(stream.objgen)
            if stream.get(pikepdf.Name.Subtype) == pikepdf.Name.Image:
                yield stream
            else:
                waiting.append(stream.get(pikepdf.Name.Resources))


def inherited(page: pikepdf.Page, name: pikepdf.Name) -> Any:
    """What is said of a page, by itself or by the group of pages that it belongs to; None for nothing."""
    node: Any = page.obj
    above = 0
    while node is not None and above < _DEEPEST:
        if name in node:
            return node[name]
        node, above = node.get(pikepdf.Name.Parent), above + 1
    return None


# --- pictures -----------------------------------------------------------------


def _pictures(data: bytes, name: str) -> bytes:
    """A picture as PDF, each page of it on a paper of its own size."""
    if data[4:8] == b"ftyp":
        import pillow_heif

        pillow_heif.register_heif_opener()
    with Image.open(io.BytesIO(data)) as picture:
        frames = getattr(picture, "n_frames", 1) if picture.format in _SEVERAL else 1
        if frames > MOST_PAGES:
            raise TooLarge("too_many_pages", file=name, what=frames, limit=MOST_PAGES)
        for frame in range(frames):
            picture.seek(frame)
            _check_pixels(picture, name)
            picture.load()
        try:
            return _bound([data], first_only=picture.format not in _SEVERAL)
        except Exception:  # what PDF cannot hold as it is goes in as plain pixels
            return _bound([_plain(picture, frame) for frame in range(frames)])


def _check_pixels(picture: Image.Image, name: str) -> None:
    if picture.width * picture.height > MOST_PIXELS:
        raise TooLarge("too_many_pixels", file=name, what=picture.width * picture.height, limit=MOST_PIXELS)


def _bound(pictures: Sequence[bytes], *, first_only: bool = False) -> bytes:
    made = img2pdf.convert(
        list(pictures),
        layout_fun=_layout,
        rotation=img2pdf.Rotation.ifvalid,
        first_frame_only=first_only,
        nodate=True,
    )
    if not isinstance(made, bytes):
        raise TypeError(made)
    return made


def _plain(picture: Image.Image, frame: int) -> bytes:
    """A frame as a picture that PDF holds without loss: upright, what is transparent white."""
    picture.seek(frame)
    resolution = picture.info.get("dpi")
    upright = ImageOps.exif_transpose(picture)
    if upright.mode in ("1", "L", "RGB"):
        flat = upright
    else:
        seen = upright.convert("RGBA")
        flat = Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen).convert("RGB")
    saved = io.BytesIO()
    flat.save(saved, "PNG", **({"dpi": resolution} if resolution else {}))
    return saved.getvalue()


def _layout(width: int, height: int, resolution: tuple[float, float]) -> tuple[float, float, float, float]:
    """The size of the paper and of the picture on it, points."""
    low, high = _PLAUSIBLE
    across, down = resolution
    if low <= across <= high and low <= down <= high:
        size = width / across * POINTS, height / down * POINTS
    else:
        scale = LONG_SIDE / max(width, height)
        size = width * scale, height * scale
    return (*size, *size)
