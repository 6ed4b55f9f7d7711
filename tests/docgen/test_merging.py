"""Word files printed in one call: each gets its own pages back, whatever stands beside it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pdfplumber
import pikepdf
import pytest
from docx import Document
from docx.enum.section import WD_SECTION
from docx.oxml import OxmlElement
from docx.shared import Mm
from fontTools.ttLib import TTFont
from PIL import Image

from docgen.fonts import present_fonts
from docgen.merging import bindings, read_leaf
from docgen.office import Office
from docgen.picture import pages
from docgen.typesetting import WORD
from records.errors import DocumentError, OfficeFailed, Overflow


def a_file(folder: Path, name: str, *texts: str, picture: Path | None = None, paged: bool = False) -> Path:
    """One section for each text, each on a page of its own."""
    document = Document()
    for number, text in enumerate(texts):
        if number:
            document.add_section(WD_SECTION.NEW_PAGE)
        document.add_paragraph(text)
        if picture is not None:
            document.add_picture(str(picture), width=Mm(20))
    if paged:
        field = OxmlElement("w:fldSimple")
        field.set(f"{WORD}instr", "NUMPAGES")
        document.sections[0].footer.paragraphs[0]._p.append(field)
    document.save(str(folder / f"{name}.docx"))
    return folder / f"{name}.docx"


def a_square(folder: Path, colour: str) -> Path:
    Image.new("RGB", (40, 40), colour).save(folder / f"{colour}.png")
    return folder / f"{colour}.png"


def texts_of(pdf: Path) -> list[str]:
    with pdfplumber.open(pdf) as opened:
        return [page.extract_text() for page in opened.pages]


def calls(office: Office, folder: Path) -> Office:
    """LibreOffice, with a note in `folder` of every call."""
    program = folder / "soffice"
    program.write_text(f'#!/bin/sh\necho x >> {folder}/calls\nexec {office.program} "$@"\n')
    program.chmod(0o755)
    return Office(program, at_once=1)


@pytest.fixture(scope="module")
def pile(office: Office, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path | DocumentError]:
    """Files of all kinds that were printed together, each with what became of it, by name."""
    folder = tmp_path_factory.mktemp("pile")
    files = [
        a_file(folder, "plain", "甲"),
        a_file(folder, "counted", "乙一", "乙二", paged=True),
        a_file(folder, "long", "长\n" * 90),
        a_hidden_text(folder, "hidden"),
        *(a_full_page(folder, name) for name in ("full", "full too")),
        a_file(folder, "hyphens", "ABCD-EFGH-" * 30),
        *(in_wenkai(folder, name) for name in ("甲乙丙丁", "赵钱孙李")),
        *(a_file(folder, colour, colour, picture=a_square(folder, colour)) for colour in ("red", "blue")),
        a_file(folder, "none", "none"),
    ]
    results = office.printed(files, folder / "out")
    return {file.stem: result for file, result in zip(files, results, strict=True)}


def a_hidden_text(folder: Path, name: str) -> Path:
    file = a_file(folder, name, "看得见")
    document = Document(str(file))
    document.add_paragraph().add_run("看不见").font.hidden = True
    document.save(str(file))
    return file


def a_full_page(folder: Path, name: str) -> Path:
    """A page that is filled by a table."""
    document = Document()
    [section] = document.sections
    section.page_height = Mm(100) + section.top_margin + section.bottom_margin
    [row] = document.add_table(1, 1).rows
    row.height = Mm(98)
    row.cells[0].text = name
    document.save(str(folder / f"{name}.docx"))
    return folder / f"{name}.docx"


def in_wenkai(folder: Path, text: str) -> Path:
    document = Document()
    run = document.add_paragraph().add_run(text)
    run.font.name = "LXGW WenKai"
    run._r.rPr.rFonts.set(f"{WORD}eastAsia", "LXGW WenKai")
    document.save(str(folder / f"{text}.docx"))
    return folder / f"{text}.docx"


def printed_to(result: Path | DocumentError) -> Path:
    assert isinstance(result, Path), result
    return result


def test_the_pages_of_a_file_are_counted_in_it_alone(pile: dict[str, Path | DocumentError]) -> None:
    assert len(texts_of(printed_to(pile["plain"]))) == 1
    counted = texts_of(printed_to(pile["counted"]))
    assert len(counted) == 2
    assert "2" in counted[0]


def test_one_that_spills_over_is_said_and_the_others_are_made(pile: dict[str, Path | DocumentError]) -> None:
    spilled = pile["long"]
    assert isinstance(spilled, Overflow)
    assert int(spilled.facts["pages"]) > 1
    assert {name for name, result in pile.items() if isinstance(result, DocumentError)} == {"long", "hidden"}
    assert all(isinstance(result, DocumentError) or result.is_file() for result in pile.values())


def test_text_that_is_missing_in_the_pdf_is_said(pile: dict[str, Path | DocumentError]) -> None:
    result = pile["hidden"]
    assert isinstance(result, DocumentError)
    assert (result.code, result.facts["characters"]) == ("text_lost", "不看见")
    assert not printed_to(pile["plain"]).with_stem("hidden").exists()


def test_a_page_that_a_table_fills_is_not_followed_by_an_empty_one(
    pile: dict[str, Path | DocumentError],
) -> None:
    assert [texts_of(printed_to(pile[name])) for name in ("full", "full too")] == [["full"], ["full too"]]


def test_a_hyphen_at_the_end_of_a_line_is_not_taken_for_lost(pile: dict[str, Path | DocumentError]) -> None:
    assert printed_to(pile["hyphens"]).is_file()


def test_no_neighbour_s_characters_come_along(pile: dict[str, Path | DocumentError]) -> None:
    assert [outlines_in(printed_to(pile[name])) for name in ("甲乙丙丁", "赵钱孙李")] == [4, 4]


def test_no_neighbour_s_picture_comes_along(pile: dict[str, Path | DocumentError]) -> None:
    assert [pictures_in(printed_to(pile[name])) for name in ("red", "blue", "none")] == [1, 1, 0]


def test_many_files_are_one_call_and_each_has_its_own_pages(office: Office, tmp_path: Path) -> None:
    red, blue = a_square(tmp_path, "red"), a_square(tmp_path, "blue")
    files = [
        a_file(tmp_path, "a", "困难职工甲"),
        a_file(tmp_path, "b", "档案乙之一", "档案乙之二"),
        a_file(tmp_path, "c", "有图丙", picture=red),
        a_file(tmp_path, "d", "有图丁", picture=blue),
        a_file(tmp_path, "e", "R&D <戊>"),
    ]
    made = calls(office, tmp_path).to_pdf(files, tmp_path / "out")
    assert [texts_of(pdf) for pdf in made] == [
        ["困难职工甲"], ["档案乙之一", "档案乙之二"], ["有图丙"], ["有图丁"], ["R&D <戊>"],
    ]  # fmt: skip
    assert (tmp_path / "calls").read_text().count("x") == 1
    for pdf, colour in ((made[2], (255, 0, 0)), (made[3], (0, 0, 255))):
        [picture] = pages(pdf, dpi=40)
        assert colour in {one for _, one in picture.getcolors(10_000) or []}


def test_a_page_taken_out_shows_what_the_page_alone_shows(
    office: Office, printed: dict[tuple[str, str, str], tuple[Path, Path]], tmp_path: Path
) -> None:
    word, together = printed["henan-2016", "short", "contact-card-worker"]
    [alone] = office.to_pdf([word], tmp_path)
    [one], [other] = pages(alone, dpi=100), pages(together, dpi=100)
    assert one.tobytes() == other.tobytes()
    # Only TrueType faces are made slim: of others it brings along what the other forms print.
    assert together.stat().st_size < alone.stat().st_size * 1.6


def test_a_file_on_which_libreoffice_fails_costs_no_other(office: Office, tmp_path: Path) -> None:
    files = [a_file(tmp_path, name, name * 3) for name in "甲乙丙丁戊"]
    program = tmp_path / "soffice"
    # A call that is handed the third file dies before it has done anything.
    program.write_text(
        '#!/bin/sh\nfor file in "$@"; do case $file in *.docx) '
        'unzip -p "$file" word/document.xml | grep -q 丙丙丙 && exit 7;; esac; done\n'
        f'exec {office.program} "$@"\n'
    )
    program.chmod(0o755)
    results = list(Office(program, at_once=1).printed(files, tmp_path / "out"))
    assert [isinstance(result, Path) for result in results] == [True, True, False, True, True]
    assert isinstance(results[2], OfficeFailed)
    assert results[2].facts["file"] == "丙.docx"


def test_a_typeface_that_was_not_meant_is_said(office: Office, tmp_path: Path) -> None:
    fonts = present_fonts()
    only = type(fonts)(tuple(face for face in fonts.faces if "WenKai" in face.family), fonts.typefaces)
    file = a_file(tmp_path, "a", "typeface")
    odd = Office(office.program, fonts=only)
    object.__setattr__(odd.fonts, "printed_names", ("NoSuchTypeface",))
    [result] = odd.printed([file], tmp_path / "out")
    assert isinstance(result, DocumentError) and result.code == "foreign_typeface"


def test_pdf_for_keeping_says_so_and_holds_its_typefaces(office: Office, tmp_path: Path) -> None:
    files = [a_file(tmp_path, name, name) for name in "甲乙"]
    made = office.to_pdf(files, tmp_path / "out", archival=True)
    for pdf in made:
        with pikepdf.open(pdf) as opened:
            assert not opened.docinfo and "/ID" in opened.trailer
            with opened.open_metadata(update_docinfo=False) as told:
                assert (told["pdfaid:part"], told["pdfaid:conformance"]) == ("2", "B")
            assert len(opened.Root.OutputIntents) == 1
            assert opened.Root.OutputIntents[0].DestOutputProfile.read_bytes()[36:40] == b"acsp"


def test_the_same_files_give_the_same_bytes(office: Office, tmp_path: Path) -> None:
    files = [a_file(tmp_path, name, name) for name in "甲乙"]
    first, second = (office.to_pdf(files, tmp_path / folder) for folder in ("one", "two"))
    assert [pdf.read_bytes() for pdf in first] == [pdf.read_bytes() for pdf in second]


@pytest.mark.parametrize("texts", [("甲",), ("甲", "乙")])
def test_files_are_bound_only_when_they_share_all_but_their_body(
    texts: Sequence[str], tmp_path: Path
) -> None:
    fonts = present_fonts()
    one, two = a_file(tmp_path, "one", *texts), a_file(tmp_path, "two", *texts)
    other = Document(str(two))
    other.styles["Normal"].font.size = Mm(9)
    other.save(str(tmp_path / "other.docx"))
    files = (one, two, tmp_path / "other.docx")
    leaves = [read_leaf(file, fonts, number) for number, file in enumerate(files)]
    assert [len(binding.leaves) for binding in bindings(leaves)] == [2, 1]
    assert [leaf.sections for leaf in leaves] == [len(texts)] * 3


def pictures_in(pdf: Path) -> int:
    with pikepdf.open(pdf) as opened:
        return sum(
            one.get("/Subtype") == "/Image" for one in opened.objects if isinstance(one, pikepdf.Stream)
        )


def outlines_in(pdf: Path) -> int:
    """How many glyphs of its one typeface, but for the first, have an outline."""
    with pikepdf.open(pdf) as opened:
        [font] = opened.pages[0].obj.Resources.Font.values()
        face = TTFont(io.BytesIO(font.FontDescriptor.FontFile2.read_bytes()))
    glyphs = face["glyf"]
    return sum(glyphs[name].numberOfContours > 0 for name in face.getGlyphOrder()[1:])
