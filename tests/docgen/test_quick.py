"""Quick templates: the same parts as docxtpl's, or docxtpl itself."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import docx
import pytest
from docxtpl import DocxTemplate, RichText
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import Environment, StrictUndefined, UndefinedError
from markupsafe import Markup

from docgen.quick import QuickTemplate

ESCAPING = Environment(autoescape=True, undefined=StrictUndefined)
Parts = list[tuple[str, bytes]]


def template(*paragraphs: str, header: str = "", rows: tuple[tuple[str, ...], ...] = ()) -> bytes:
    made = docx.Document()
    made.sections[0].header.paragraphs[0].text = header
    for text in paragraphs:
        made.add_paragraph(text)
    if rows:
        table = made.add_table(rows=len(rows), cols=len(rows[0]))
        for row, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


LOOPED = template(
    "{{ title }}{% if note %}：{{ note }}{% endif %}",
    header="{{ title }}",
    rows=(
        ("姓名", "关系"),
        ("{%tr for row in rows %}", ""),
        ("{{ row.name }}", "{{ row.relation }}"),
        ("{%tr endfor %}", ""),
    ),
)


def parts(made: DocxTemplate) -> Parts:
    stream = io.BytesIO()
    made.save(stream)
    with zipfile.ZipFile(stream) as package:
        assert package.testzip() is None
        return [(name, package.read(name)) for name in package.namelist()]


def rendered(kind: type[DocxTemplate], source: bytes, context: Mapping[str, Any], **how: Any) -> Parts:
    made = kind(io.BytesIO(source))
    made.render(context, **how)
    return parts(made)


def is_quick(source: bytes, context: Mapping[str, Any], **how: Any) -> bool:
    """Whether a second document of the template is made the quick way, like docxtpl's in every part."""
    made = QuickTemplate(io.BytesIO(source))
    for _ in range(2):
        made.render(context, **how)
    quick = made._filled is not None
    assert parts(made) == rendered(DocxTemplate, source, context, **how)
    return quick


@pytest.mark.parametrize(
    ("value", "quick"),
    [
        ("困难职工", True),
        ("", True),
        ("R&D <甲> \"乙\" '丙'", True),
        ("{{ name }} {_{ 50%_} }_}", True),
        ("一行\n又一行\t之后\n", True),
        (" 　", True),
        ("长" * 5000, True),
        (Markup("A&amp;B &#39;C&#39;"), True),
        (12, True),
        (Decimal("12000.50"), True),
        (None, True),
        (Markup("<w:br/>"), False),
        ("换\f页", False),
        ("响\a铃", False),
        ("回\r车", False),
        (RichText("粗", bold=True), False),
        (["表"], False),
    ],
)
def test_a_value_gives_the_parts_that_docxtpl_gives(value: object, quick: bool) -> None:
    assert (
        is_quick(template("职工 {{ value }} 档案"), {"value": value}, jinja_env=ESCAPING, autoescape=True)
        == quick
    )


def test_what_is_markup_without_escaping_is_docxtpls() -> None:
    source = template("职工 {{ value }}")
    assert is_quick(source, {"value": "甲 \"乙\" '丙'"})
    assert not is_quick(source, {"value": "甲 & 乙"})
    assert not is_quick(source, {"value": "甲</w:t><w:t>乙"})


@pytest.mark.parametrize(
    ("source", "quick"),
    [
        (LOOPED, True),
        (template("{%p if rows %}", "{{ title }}", "{%p endif %}"), True),
        (template("{{ title }}", header="{{ note }}"), True),
        (template("{{r title }}"), False),
        (template("{{- title }}"), False),
        (template("{% set one = title %}{{ one }}"), True),
        (template("{% macro one() %}甲{% endmacro %}{{ one() }}"), False),
        (template("{{ title }}", rows=(("{% colspan 2 %}{{ title }}", "乙"),)), False),
        (template("{{ title }}", rows=(("{%tc for row in rows %}", "{{ row.name }}"),)), None),
    ],
)
def test_a_template_is_quick_where_that_changes_nothing(source: bytes, quick: bool | None) -> None:
    rows = [{"name": "张三", "relation": "父亲"}, {"name": "李四", "relation": ""}]
    context = {"title": "档案", "note": "", "rows": rows}
    if quick is None:  # docxtpl refuses it, and so it is refused
        with pytest.raises(Exception, match="endfor"):
            rendered(QuickTemplate, source, context)
        return
    assert is_quick(source, context) == quick


def test_rows_of_any_number_are_those_of_docxtpl() -> None:
    for count in (0, 1, 40):
        rows = [{"name": f"甲{number}", "relation": ""} for number in range(count)]
        assert is_quick(
            LOOPED, {"title": "表", "note": "", "rows": rows}, jinja_env=ESCAPING, autoescape=True
        )


def test_a_missing_name_raises_what_docxtpl_raises() -> None:
    source = template("{{ name }}")
    assert is_quick(source, {"name": "甲"}, jinja_env=ESCAPING, autoescape=True)
    with pytest.raises(UndefinedError):
        rendered(QuickTemplate, source, {}, jinja_env=ESCAPING, autoescape=True)


def test_a_document_may_be_opened_after_it_was_filled_quickly() -> None:
    source = template("{{ name }}")
    made = QuickTemplate(io.BytesIO(source))
    for name in ("甲", "乙"):
        made.render({"name": name})
    assert [one.text for one in made.docx.paragraphs] == ["乙"]
    made.docx.add_paragraph("丙")
    stream = io.BytesIO()
    made.save(stream)
    assert [one.text for one in docx.Document(stream).paragraphs] == ["乙", "丙"]


def test_what_was_changed_before_filling_is_kept() -> None:
    made = []
    for kind in (DocxTemplate, QuickTemplate):
        one = kind(io.BytesIO(template("{{ name }}")))
        one.get_docx().add_paragraph("加的")
        one.render({"name": "甲"})
        made.append(parts(one))
    assert made[0] == made[1]
    assert "加的".encode() in dict(made[1])["word/document.xml"]


def test_the_same_context_gives_the_same_bytes() -> None:
    source = template("{{ name }}")
    made = []
    for _ in range(3):
        one = QuickTemplate(io.BytesIO(source))
        one.render({"name": "甲"})
        stream = io.BytesIO()
        one.save(stream)
        made.append(stream.getvalue())
    assert made[1] == made[2]


SIGNS = st.sampled_from([*"甲𬱖 a&<>\"'{}%_\n\t\r\f", "{_{", "%_}", "}}", "&amp;", "</w:t>", "]]>"])
TEXT = st.lists(SIGNS, max_size=12).map("".join)
ROWS = st.lists(st.fixed_dictionaries({"name": TEXT, "relation": TEXT}), max_size=5)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(title=TEXT, note=TEXT, rows=ROWS)
def test_any_texts_give_the_parts_that_docxtpl_gives(
    title: str, note: str, rows: list[dict[str, str]]
) -> None:
    context = {"title": title, "note": note, "rows": rows}
    is_quick(LOOPED, context, jinja_env=ESCAPING, autoescape=True)
