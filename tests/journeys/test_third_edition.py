"""A third edition is one more folder: from Word and from a picture to a printed document, no code touched."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest
from PIL import Image

from docgen.drawing import draw
from records.store import Store
from tests.clerk import ROOT, Clerk

KEY = "harbour-2031"
INVENTED = ROOT / "tests" / "data" / KEY
TRUTH: dict[str, Any] = {
    "card": "NW203117",
    "sailor": "林海生",
    "sailor_number": "330602196501010012",
    "born": "1965-01-01",
    "port": "南湾",
    "loss": 12800,
    "grounds": ["台风", "上学"],
    "dependants": [{"called": "陈秀英", "kinship": "妻子"}, {"called": "林小帆", "kinship": "女儿"}],
    "note": "船只修理约需三个月",
}
AS_WRITTEN = {
    "card": "NW203117",
    "sailor": "林海生",
    "sailor_number": "330602196501010012",
    "born": "1965年1月1日",
    "port": "南湾",
    "loss": "1.28万元",
    "grounds": "台风、上学",
    "dependants_1_called": "陈秀英",
    "dependants_1_kinship": "妻子",
    "dependants_2_called": "林小帆",
    "dependants_2_kinship": "女儿",
    "note": "船只修理约需三个月",
}


@pytest.fixture
def with_edition(dangan: Clerk) -> Clerk:
    """A clerk whose home holds the invented edition: data and a Word sheet, nothing else."""
    folder = dangan.home / "templates" / KEY
    folder.mkdir(parents=True)
    shutil.copyfile(INVENTED / "edition.toml", folder / "edition.toml")
    draw(INVENTED / "register.sheet.toml", folder / "register.docx")
    return dangan


def filled_by_hand(sheet: Path, target: Path) -> Path:
    """The blank form filled in Word by somebody who knows no tags: each tag typed over."""
    document = docx.Document(str(sheet))
    for row in document.tables[0].rows:
        for cell in row.cells:
            tag = re.fullmatch(r"\{\{ (\w+) \}\}", cell.text.strip())
            if tag:
                cell.paragraphs[0].text = AS_WRITTEN[tag[1]]
    document.save(str(target))
    return target


def picture_of(pdf: Path, target: Path) -> Path:
    """The printed page as a scanner at 200 dpi would give it."""
    document = pypdfium2.PdfDocument(pdf)
    document[0].render(scale=200 / 72).to_pil().convert("RGB").save(target, dpi=(200, 200))
    document.close()
    return target


def is_drawn_over(traced: Path, picture: Path) -> bool:
    """Whether a traced page is the page itself with labels in blue and values in green."""
    with Image.open(traced) as drawn, Image.open(picture) as page:
        assert drawn.size == page.size
        colours = {colour for _, colour in drawn.getcolors(1 << 24) or []}
    return any(blue > red + 25 for red, _, blue in colours) and (0, 130, 60) in colours


def stored(clerk: Clerk, number: int) -> dict[str, Any]:
    [shown] = clerk("show", number, "--json").lines
    fields: dict[str, Any] = shown["fields"]
    return fields


def settle_by_truth(clerk: Clerk, draft: int) -> None:
    """Answer every doubtful field of a draft with the truth, as a clerk with the paper at hand would."""
    with Store.open(clerk.home) as store:
        doubtful = store.draft(draft).doubtful
    said = clerk("review", draft, typed=[f"={as_typed(path)}" for path in doubtful] + ["", ""])
    assert f"草稿 {draft} 已存为档案" in said.out, said.out + said.err


def as_typed(path: str) -> str:
    rows, _, rest = path.partition(".")
    index, _, key = rest.partition(".")
    return AS_WRITTEN[f"{rows}_{int(index) + 1}_{key}" if rest else path]


def test_an_invented_edition_goes_from_word_and_from_a_picture_to_print(
    with_edition: Clerk, tmp_path: Path
) -> None:
    clerk, folder = with_edition, with_edition.home / "templates" / KEY
    assert clerk("templates", "check", KEY).status == 0

    form = filled_by_hand(folder / "register.docx", tmp_path / "filled.docx")
    assert clerk("take", form).status == 0
    settle_by_truth(clerk, 1)
    assert stored(clerk, 1) == TRUTH

    assert clerk("make", "register", 1, "--out", tmp_path / "made", "--pdf").status == 0
    [pdf] = (tmp_path / "made").glob("*.pdf")
    picture = picture_of(pdf, tmp_path / "page.png")

    [line] = clerk("read", picture, "--json", "--picture", tmp_path / "traced").lines
    assert is_drawn_over(tmp_path / "traced" / "page-1.png", picture)
    assert line["edition"] == KEY
    silent = [
        key
        for key, cell in line["fields"].items()
        if key != "dependants" and not cell["review"] and cell["value"] != TRUTH[key]
    ]
    assert silent == []
    assert [row["called"]["value"] for row in line["fields"]["dependants"]] == ["陈秀英", "林小帆"]

    clerk.patch.setenv("DANGAN_HOME", str(move_home(clerk.home)))
    other = Clerk(clerk.home.with_name("other"), clerk.patch, clerk.heard)
    assert other("take", picture).status == 0
    settle_by_truth(other, 1)
    assert stored(other, 1) == TRUTH
    assert other("make", "register", "--all", "--out", tmp_path / "again").status == 0
    [again] = (tmp_path / "again").iterdir()
    [read_back] = other("read", again, "--json").lines
    assert {key: cell["value"] for key, cell in read_back["fields"].items() if key != "dependants"} == {
        key: value for key, value in TRUTH.items() if key != "dependants"
    }
    moved = other("state", 1, "互助", "已申请", "--ground", "申请书")
    assert (moved.status, "已发放" in moved.out) == (0, True)


def move_home(home: Path) -> Path:
    """Another home with the same templates and nothing stored."""
    other = home.with_name("other")
    other.mkdir()
    (home / "templates").rename(other / "templates")
    return other


def test_an_invented_edition_is_imported_checked_and_exported(with_edition: Clerk, tmp_path: Path) -> None:
    clerk = with_edition
    wrong = TRUTH | {"born": "1966-02-02", "port": "北港"}
    file = tmp_path / "two.json"
    file.write_text(
        json.dumps([{"edition": KEY, "fields": fields} for fields in (wrong, TRUTH)], ensure_ascii=False),
        encoding="utf-8",
    )
    assert [("number" in line) for line in clerk("import", file, "--json").lines] == [False, True]
    rules = {finding["rule"] for finding in clerk("check", file, "--json").lines[0]["findings"]}
    assert {"birth_matches_id", "choice_not_in_list"} <= rules
    assert json.loads(clerk("export").out) == [{"edition": KEY, "fields": TRUTH}]
