from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from docgen.documents import make
from docgen.drawing import draw
from docgen.office import Office, sections
from records.archive import Record
from records.editions import Edition, Editions, Field, load_editions
from records.values import Value, row_path

WHEN = datetime(2016, 10, 1, tzinfo=UTC)
LONG_PLACE = "河南省驻马店市驿城区建设大道东段一千二百三十四号院十八号楼二单元五百零一室东户内间"


@pytest.fixture(scope="session")
def editions() -> Editions:
    return load_editions()


def a_record(number: int, edition: Edition, values: dict[str, Value]) -> Record:
    return Record(number, edition.key, values, WHEN, WHEN, 1)


def _short(asked: Field) -> Value:
    return {
        "choice": asked.choices[:1] and asked.choices[0], "choices": asked.choices[:1],
        "id_number": "410204196202168902", "date": "1962-02-16", "money": Decimal(800), "number": Decimal(60),
        "integer": Decimal(3), "phone": "13800000000", "bank_card": "6260410413382253436", "code": "450000",
    }.get(asked.kind, "张三")  # fmt: skip


def _extreme(asked: Field) -> Value:
    longest = max(asked.choices, key=len, default="")
    return {
        "choice": longest, "choices": asked.choices[: asked.at_most] if asked.at_most else asked.choices,
        "id_number": "410204196202168902", "date": "2016-12-28", "money": Decimal("1234567.5"),
        "number": Decimal("1234.5"), "integer": Decimal(10), "phone": "0371-12345678-1234",
        "bank_card": "6260410413382253436",
        "code": "450000" if asked.pattern == "\\d{6}" else "ABCD-2016-0000000012345",
    }.get(asked.kind, "某某市某某区某某街道某某机械制造有限责任公司")  # fmt: skip


def _values(edition: Edition, filled: Callable[[Field], Value], rows: dict[str, int]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for asked in edition.fields:
        if not asked.is_rows:
            values[asked.key] = filled(asked)
        for index in range(rows.get(asked.key, 1) if asked.is_rows else 0):
            values |= {row_path(asked.key, index, one.key): filled(one) for one in asked.fields}
    return values


@pytest.fixture(scope="session")
def records(editions: Editions) -> dict[tuple[str, str], Record]:
    """By edition and name: a short record, an extreme one, a blank one."""
    made: dict[tuple[str, str], Record] = {}
    for edition in editions:
        short = _values(edition, _short, {})
        extreme = _values(edition, _extreme, {"family": 9, "attachments": 4}) | {
            "name": "阿不都拉𬱖",
            "address": LONG_PLACE,
            "remarks": "家庭遭遇重大变故，<A & B>生活十分困难。" * 20,
            "family.8.name": "㛃䶮",
        }
        for number, (name, values) in enumerate(
            {"short": short, "extreme": extreme, "blank": {}}.items(), start=1
        ):
            made[edition.key, name] = a_record(number, edition, values)
    return made


@pytest.fixture(scope="session")
def office() -> Office:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    assert program is not None, "LibreOffice is installed by `make test`"
    return Office(Path(program))


@pytest.fixture(scope="session")
def printed(
    editions: Editions,
    records: dict[tuple[str, str], Record],
    office: Office,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[tuple[str, str, str], tuple[Path, Path]]:
    """Every document of every record as (Word, PDF), by edition, record's name and document."""
    folder = tmp_path_factory.mktemp("printed")
    words: dict[tuple[str, str, str], Path] = {}
    for (key, name), record in records.items():
        for use in editions[key].forms:
            [made] = make(use.name, record, editions[key], folder / key / name)
            words[key, name, use.name] = made.rename(folder / f"{key}-{name}-{use.name}.docx")
    words["", "shapes", "shapes"] = _shapes(folder)
    pdfs = office.to_pdf(list(words.values()), folder / "pdf")
    return {key: (word, pdf) for (key, word), pdf in zip(words.items(), pdfs, strict=True)}


def _shapes(folder: Path) -> Path:
    """A sheet with one large character whose shape differs between regions."""
    sheet = folder / "shapes.sheet.toml"
    sheet.write_text(
        'name = "shapes"\norientation = "portrait"\n'
        "margins = { top = 20, right = 20, bottom = 20, left = 20 }\n"
        'label = { font = "宋体", size = 9 }\nvalue = { font = "仿宋_GB2312", size = 9 }\n'
        '[[parts]]\nruns = [{ t = "骨", font = "宋体", size = 200 }]\n',
        encoding="utf-8",
    )
    draw(sheet, folder / "shapes.docx")
    assert sections(folder / "shapes.docx") == 1
    return folder / "shapes.docx"
