"""Filling Word templates fast: what depends on the template alone is done once, docxtpl does the rest.

`QuickTemplate` is a `DocxTemplate` that gives the same parts, byte for byte.
What it cannot do so, by the template, by the environment or by a value, goes to
docxtpl itself. So does the first document of each template, to be compared: a
template whose parts differ is left to docxtpl for good.
"""

from __future__ import annotations

import io
import re
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any
from zipfile import ZipFile

import docx
from docx.opc.oxml import serialize_part_xml
from docxtpl import DocxTemplate
from jinja2 import ChainableUndefined, Environment, StrictUndefined, Template, Undefined
from lxml import etree
from markupsafe import Markup

from docgen.source import TAG, NotSimple, Source, check_tables, laid_out, number_drawings
from docgen.zipping import Member, member, packed

BODY = "word/document.xml"
_CORE = "docProps/core.xml"
_FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_PROPERTIES = ("author", "comments", "identifier", "language", "subject", "title")
"""The properties that docxtpl renders as well."""
_NO_OTHERS: Mapping[str, bytes] = MappingProxyType({})
_MOST = 64
"""Plans kept at a time."""
_QUICKEST = 1
"""zlib's level for parts that are new in each document."""

# What XML refuses, what docxtpl makes something of, or what a parser would write otherwise.
_ODD = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ue000\ue001\ufffe\uffff]")
_ODD_MARKUP = re.compile("[<>\x00-\x08\x0b-\x1f\ud800-\udfff\ue000\ue001\ufffe\uffff]|&(?!amp;|lt;|gt;)")
_SIGNS = re.compile("[&<>\"'{}]")
_RUN_ON = (("{_{", "{{"), ("}_}", "}}"), ("{_%", "{%"), ("%_}", "%}"))
_BLANK = re.compile(r">\s+<")
_FACTS = frozenset((int, float, bool, Decimal, date, datetime, time, type(None)))
_PLAIN = _FACTS | {str, Markup}

Target = IO[bytes] | str | PathLike[str]


class QuickTemplate(DocxTemplate):  # type: ignore[misc]  # docxtpl's own annotations are not all there
    """A Word template that is filled from what was made ready of it once; used as docxtpl's own."""

    def __init__(self, template_file: Target) -> None:
        self._loaded: Any = None
        self._filled: bytes | None = None
        super().__init__(template_file)

    @property
    def docx(self) -> Any:
        """The document as python-docx has it; a quickly filled one is opened when it is asked for."""
        if self._filled is not None:
            self._loaded, self._filled = docx.Document(io.BytesIO(self._filled)), None
            for name in _PROPERTIES:  # docxtpl leaves empty ones behind that a parser reads as absent
                setattr(self._loaded.core_properties, name, getattr(self._loaded.core_properties, name))
        return self._loaded

    @docx.setter
    def docx(self, document: Any) -> None:
        self._loaded, self._filled = document, None

    def render(
        self, context: Mapping[str, Any], jinja_env: Environment | None = None, autoescape: bool = False
    ) -> None:
        """Fills the template, as docxtpl's `render`."""
        plan = self._plan(jinja_env, autoescape) if self._is_untouched and _is_plain(context) else None
        filled = plan.filled(context) if plan is not None else None
        if filled is not None:
            self._take(filled)
            return
        if self._filled is not None:
            self.docx = None
        super().render(context, jinja_env, autoescape)
        if plan is not None and plan.is_new:
            plan.prove(_saved(self.docx), context)

    def save(self, filename: Target, *args: Any, **kwargs: Any) -> None:
        """Writes the document, as docxtpl's `save`; a quickly filled one bears a fixed date in its zip."""
        if self._filled is None or self._replaces_media:
            super().save(filename, *args, **kwargs)
            return
        if isinstance(filename, str | PathLike):
            Path(filename).write_bytes(self._filled)
        else:
            filename.write(self._filled)
        self.is_saved = True

    @property
    def _is_untouched(self) -> bool:
        """Whether the document would be the template's own: nobody opened it or put a picture in before."""
        return (self._loaded is None or self.is_rendered) and not self._replaces_media

    @property
    def _replaces_media(self) -> bool:
        return bool(
            self.crc_to_new_media
            or self.crc_to_new_embedded
            or self.zipname_to_replace
            or self.pics_to_replace
        )

    def _take(self, filled: bytes) -> None:
        """The state that docxtpl's `render` leaves behind."""
        self.docx = None
        self.pic_map: dict[str, Any] = {}
        self.current_rendering_part = None
        self._filled, self.is_rendered, self.is_saved = filled, True, False

    def _plan(self, environment: Environment | None, autoescape: bool) -> Plan | None:
        if environment is None:
            environment = _own_environment(autoescape)
        elif autoescape:
            environment.autoescape = autoescape
        template = self._template_bytes()
        return _plans.of(template, environment) if template is not None and _is_usual(environment) else None

    def _template_bytes(self) -> bytes | None:
        if isinstance(self.template_file, str | PathLike):
            return Path(self.template_file).read_bytes()
        if not self.template_file.seekable():
            return None
        self.template_file.seek(0)
        return bytes(self.template_file.read())


def _saved(document: Any) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


@lru_cache(maxsize=2)
def _own_environment(autoescape: bool) -> Environment:
    """Where docxtpl is given no environment."""
    return Environment(autoescape=autoescape)  # noqa: S701 - docxtpl's own default


def _is_usual(environment: Environment) -> bool:
    """Whether values and white space are treated in jinja's ordinary way."""
    usual = _own_environment(True)
    signs = ("block", "variable", "comment")
    return (
        type(environment) is Environment
        and environment.finalize is None
        and isinstance(environment.autoescape, bool)
        and not environment.extensions
        and not environment.is_async
        and not (environment.trim_blocks or environment.lstrip_blocks or environment.keep_trailing_newline)
        and environment.line_statement_prefix is None
        and environment.line_comment_prefix is None
        and all(
            getattr(environment, f"{sign}_{end}_string") == getattr(usual, f"{sign}_{end}_string")
            for sign in signs
            for end in ("start", "end")
        )
    )


def _is_plain(value: object) -> bool:
    """Whether a context can be rendered a second time, and holds nothing that reaches into the package."""
    if type(value) in _PLAIN:
        return True
    if type(value) is dict:
        return all(_is_plain(one) for one in value.values())
    return type(value) in (list, tuple) and all(_is_plain(one) for one in value)  # type: ignore[attr-defined]


# --- plans --------------------------------------------------------------------


@dataclass(frozen=True)
class _Piece:
    """One part with tags: its source, and the source compiled."""

    source: Source
    template: Template
    is_body: bool


@dataclass(frozen=True, slots=True)
class Inset:
    """A value that is markup of the template itself: another source, rendered where it is printed."""

    template: Template
    context: Mapping[str, Any]


@dataclass
class Plan:
    """What is ready of a template in one environment; `members` only once a document proved it."""

    pieces: Mapping[str, _Piece]
    members: dict[str, Member | None] = field(default_factory=dict)
    is_new: bool = True

    def filled(self, context: Mapping[str, Any], others: Mapping[str, bytes] = _NO_OTHERS) -> bytes | None:
        """The document, `others` in it for members of the same name; None where docxtpl is to make it."""
        if not self.members:
            return None
        parts = self._rendered(context)
        if parts is None:
            return None
        new = parts | dict(others)
        return packed(
            ready if ready is not None and name not in new else member(name, new[name], _QUICKEST)
            for name, ready in self.members.items()
        )

    def prove(self, reference: bytes, context: Mapping[str, Any]) -> None:
        """Compares what this plan makes with docxtpl's document; the plan serves only if all is the same."""
        parts = self._rendered(context)
        if parts is None:
            return
        self.is_new = False
        with ZipFile(io.BytesIO(reference)) as package:
            made = {name: package.read(name) for name in package.namelist()}
        if all(made.get(name) == content for name, content in parts.items()):
            self.members = {
                name: None if name in parts else member(name, content) for name, content in made.items()
            }

    def _rendered(self, context: Mapping[str, Any]) -> dict[str, bytes] | None:
        try:
            return {name: _part(piece, context) for name, piece in self.pieces.items()}
        except Exception:  # whatever a tag raises, docxtpl raises it again
            return None


class _Unlike(Exception):
    """A value of which docxtpl would make something else."""


_doubt = threading.local()


def _part(piece: _Piece, context: Mapping[str, Any]) -> bytes:
    """A part's bytes; raises _Unlike."""
    _doubt.broken = _doubt.braced = False
    text = piece.template.render(context)
    if piece.source.braced or _doubt.braced:
        for mark, meant in _RUN_ON:
            text = text.replace(mark, meant)
    if piece.source.broken or _doubt.broken:
        if not piece.source.settled:
            raise _Unlike
        text = _resolve(text)
    if not piece.is_body and _BLANK.search(text):
        raise _Unlike
    part = f"{piece.source.head}{text}{piece.source.tail}".encode()
    for long, short in piece.source.emptied:
        part = part.replace(long, short)
    return part


def _resolve(text: str) -> str:
    return str(DocxTemplate.resolve_listing(None, text))


def _finalize_escaped(value: object) -> object:
    """A value where jinja escapes: written at once as a parser and its serialiser would write it."""
    kind = type(value)
    if kind is str:
        return _canonical(value) if _SIGNS.search(_checked(value)) else value  # type: ignore[arg-type]
    if kind is Markup:
        return _canonical_markup(value)  # type: ignore[arg-type]
    return _finalize_other(value)


def _finalize_plain(value: object) -> object:
    """A value where jinja does not escape: what is markup in it is docxtpl's."""
    kind = type(value)
    if kind is str:
        if _ODD_MARKUP.search(value) or "&" in value:  # type: ignore[call-overload, operator]
            raise _Unlike
        _note_braces(value)  # type: ignore[arg-type]
        return _checked(value)  # type: ignore[arg-type]
    if kind is Markup:
        return _canonical_markup(value)  # type: ignore[arg-type]
    return _finalize_other(value)


def _finalize_other(value: object) -> object:
    if type(value) is Inset:
        return Markup(value.template.render(value.context))  # noqa: S704 - its values are escaped in it
    if type(value) in _FACTS or type(value) in (Undefined, ChainableUndefined, StrictUndefined):
        return value
    raise _Unlike


def _checked(text: str) -> str:
    if _ODD.search(text):
        raise _Unlike
    if "\n" in text or "\t" in text:
        _doubt.broken = True
    return text


def _canonical(text: str) -> Markup:
    _note_braces(text)
    return Markup(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))  # noqa: S704


def _canonical_markup(text: Markup) -> Markup:
    plain = str(text).replace("&#34;", '"').replace("&#39;", "'")
    if _ODD_MARKUP.search(plain):
        raise _Unlike
    _note_braces(plain)
    return Markup(_checked(plain))  # noqa: S704 - checked to hold no markup


def _note_braces(text: str) -> None:
    if "{" in text or "}" in text:
        _doubt.braced = True


class _Plans:
    """The plans in use, the latest few; each holds its environment, so that its identity stays its own."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[bytes, int, bool], tuple[Environment, Plan | None]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, template: bytes, environment: Environment) -> Plan | None:
        """The plan of a template; None where there can be none."""
        key = (sha256(template).digest(), id(environment), environment.autoescape is True)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][1]
        plan = _planned(template, environment)
        with self._lock:
            self._kept[key] = (environment, plan)
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return plan


_plans = _Plans()


def _planned(template: bytes, environment: Environment) -> Plan | None:
    try:
        return compiled(dict(sources(template)), environment)
    except Exception:  # a template that cannot be laid out, or that jinja refuses: docxtpl says why
        return None


def by_docxtpl(template: bytes, context: Mapping[str, object], environment: Environment) -> bytes:
    """The document as docxtpl alone makes it."""
    made = DocxTemplate(io.BytesIO(template))
    made.render(dict(context), environment, autoescape=True)
    return _saved(made.docx)


def compiled(parts: Mapping[str, Source], environment: Environment) -> Plan:
    """The plan of a template's parts in an environment; raises jinja's TemplateError."""
    hooked = hooked_into(environment)
    return Plan(
        {
            name: _Piece(source, hooked.from_string(source.body), name == BODY)
            for name, source in parts.items()
        }
    )


def hooked_into(environment: Environment) -> Environment:
    """The environment with an eye on every value that is printed."""
    return environment.overlay(finalize=_finalize_escaped if environment.autoescape else _finalize_plain)


def sources(template: bytes) -> Iterator[tuple[str, Source]]:
    """The parts that hold tags. Raises NotSimple, and whatever docxtpl raises of a broken template."""
    read = DocxTemplate(io.BytesIO(template))
    read.render_init()
    with ZipFile(io.BytesIO(template)) as package:
        if _CORE not in package.namelist():
            raise NotSimple("no_properties")
    if any("{" in getattr(read.docx.core_properties, name) for name in _PROPERTIES):
        raise NotSimple("tags_in_properties")
    if any(
        part.content_type == _FOOTNOTES and b"{" in part.blob for part in read.docx.part.package.iter_parts()
    ):
        raise NotSimple("tags_in_footnotes")
    for uri in (read.HEADER_URI, read.FOOTER_URI):
        for _, part in read.get_headers_footers(uri):
            patched = read.patch_xml(read.get_part_xml(part))
            if TAG.search(patched):
                yield str(part.partname.membername), laid_out(patched, _written)
    yield BODY, laid_out(read.patch_xml(read.get_xml()), lambda tree: _written_body(read, tree))


def _written(tree: etree._Element) -> tuple[str, str, str]:
    text = serialize_part_xml(tree).decode()
    start = text.index("?>") + 2
    return text[:start], text[start:], ""


def _written_body(template: DocxTemplate, tree: etree._Element) -> tuple[str, str, str]:
    check_tables(tree)
    number_drawings(tree)
    template.map_tree(tree)
    text = template.docx.part.blob.decode()
    start, end = text.index("<w:body"), text.rindex("</w:body>") + len("</w:body>")
    return text[:start], text[start:end], text[end:]
