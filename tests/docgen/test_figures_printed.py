"""Summaries, reports, volumes and notices as they come out of the printer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pdfplumber
import pytest

from docgen.fonts import present_fonts
from docgen.lists import make_list
from docgen.office import Office
from records.archive import FiledPaper, Record
from records.editions import Editions
from records.findings import Fault, Severity
from records.listing import Listing, listing
from records.sources import contents
from tests.docgen.conftest import WHEN, a_record

PLACES = [
    "河南省郑州市金水区",
    "开封市鼓楼区",
    "洛阳市老城区",
    "巩义市",
    "安徽省",
    "浙江省绍兴市越城区",
    "诸暨市",
]
Pdfs = dict[tuple[str, str], Path]


def listings(editions: Editions, records: dict[tuple[str, str], Record]) -> dict[tuple[str, str], Listing]:
    """What is printed, by edition and document."""
    made: dict[tuple[str, str], Listing] = {}
    for edition in editions:
        extreme = records[edition.key, "extreme"]
        many = [
            a_record(number, edition, {**extreme.values, "registered_region": PLACES[number % len(PLACES)]})
            for number in range(1, 40)
        ]
        for use in edition.documents:
            if use.name in ("statistics", "report"):
                made[edition.key, use.name] = listing(edition, use, many)
            elif use.name in ("volume", "return-notice"):
                one = listing(edition, use, [extreme])
                paper = FiledPaper("困难职工档案表扫描件" * 8 + ".pdf", "0" * 64, (1, 2), WHEN)
                faults = tuple(
                    Fault(Severity.ERROR, f"第{number}处有误，请对照原件改正。" * 3) for number in range(30)
                )
                made[edition.key, use.name] = replace(one, papers=(paper,) * 3, faults=faults)
    return made


@pytest.fixture(scope="session")
def pdfs(
    editions: Editions,
    records: dict[tuple[str, str], Record],
    office: Office,
    tmp_path_factory: pytest.TempPathFactory,
) -> Pdfs:
    folder = tmp_path_factory.mktemp("figures")
    words = {
        key: make_list(asked, contents(asked), folder / "-".join(key))
        for key, asked in listings(editions, records).items()
    }
    numbered = [word.rename(folder / f"{'-'.join(key)}.docx") for key, word in words.items()]
    return dict(zip(words, office.to_pdf(numbered, folder, 0), strict=True))


def test_every_page_has_only_typefaces_with_chinese_shapes(pdfs: Pdfs) -> None:
    fonts = present_fonts()
    official = ("宋体", "黑体", "仿宋_GB2312", "楷体_GB2312", "方正小标宋简体")
    faces = [face for face in map(fonts.face, official) if face]
    allowed = tuple(
        face.family.removesuffix(" Medium").removesuffix(" SC").replace(" ", "") for face in faces
    )
    for made in pdfs.values():
        with pdfplumber.open(made) as pdf:
            named = {char["fontname"].partition("+")[2] for page in pdf.pages for char in page.chars}
        assert named and all(name.startswith(allowed) for name in named), made.name


@pytest.mark.parametrize("edition", ["henan-2016", "shaoxing-2010"])
def test_a_summary_of_several_pages_repeats_its_headings(edition: str, pdfs: Pdfs) -> None:
    with pdfplumber.open(pdfs[edition, "statistics"]) as pdf:
        tables = [table for page in pdf.pages for table in page.extract_tables()]
        last = pdf.pages[-1].extract_text()
    assert len(pdf.pages) == len(tables) > 1
    assert all(table[0][1:4] == ["户数", "占总户数\n（%）", "人口"] for table in tables)
    assert tables[0][1][0] == "合计" and tables[0][1][1] == "39"
    assert "注：一户一档" in last


def test_a_report_has_its_chart_within_the_type_area_and_numbered_pages(pdfs: Pdfs) -> None:
    with pdfplumber.open(pdfs["henan-2016", "report"]) as pdf:
        pictures = [(page, image) for page in pdf.pages for image in page.images]
        feet = [page.extract_text().splitlines()[-1].replace(" ", "") for page in pdf.pages]
        sides = [page.extract_words()[-1]["x0"] > page.width / 2 for page in pdf.pages]
    [(page, image)] = pictures
    edges = [mm / 25.4 * 72 for mm in (28, 26)]
    assert image["x0"] >= edges[0] - 1 and image["x1"] <= page.width - edges[1] + 1
    assert feet == [f"—{number}—" for number in range(1, len(feet) + 1)]
    assert sides == [number % 2 == 0 for number in range(len(sides))]


@pytest.mark.parametrize("edition", ["henan-2016", "shaoxing-2010"])
def test_a_volume_begins_its_contents_and_its_note_on_pages_of_their_own(edition: str, pdfs: Pdfs) -> None:
    with pdfplumber.open(pdfs[edition, "volume"]) as pdf:
        heads = [page.extract_text().splitlines()[0] for page in pdf.pages]
    assert (*heads[:2], heads[-1]) == ("困难职工档案", "卷内目录", "卷内备考表")
    assert all(head.startswith("顺序号") for head in heads[2:-1])


@pytest.mark.parametrize("edition", ["henan-2016", "shaoxing-2010"])
def test_a_notice_of_many_pages_never_leaves_its_signature_alone(edition: str, pdfs: Pdfs) -> None:
    with pdfplumber.open(pdfs[edition, "return-notice"]) as pdf:
        texts = [page.extract_text() for page in pdf.pages]
    assert len(texts) > 1
    assert "【发件单位】（盖章）" in texts[-1].replace(" ", "") and "联系人及电话" in texts[-1]
    assert "前对照原始材料补正后重新报送" in texts[-1]
    assert all("缺少或有误之处" in text for text in texts[:-1])
    assert "30" in "".join(texts) and "第29处有误" in "".join(texts).replace("\n", "")
