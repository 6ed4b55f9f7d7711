from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from httpx2 import Response
from lxml import etree
from openpyxl import load_workbook
from PIL import Image
from sqlalchemy import delete
from starlette.testclient import TestClient

from desk.web import drawn, plots
from desk.web.marks import Plot, Point, Way
from desk.web.plotted import FEWEST
from desk.web.site import Site
from records import rows
from records.accounts import Role
from records.archive import Record
from records.drafts import Draft, Origin, Reading
from records.form_figures import note_fared
from records.reviews import Hand
from records.settling import Decision
from records.tables import FigureMembers

Enter = Callable[..., TestClient]
HENAN, SHAOXING = "henan-2016", "shaoxing-2010"
MAY, JUNE = datetime(2016, 5, 3, 4, tzinfo=UTC), datetime(2016, 6, 9, 4, tzinfo=UTC)
ENTERED = (
    "surveyed", "applied", "listed", "publicised", "approved", "helper_named", "planned", "signed",
    "cards_given", "ledger", "entered",
)  # fmt: skip
ILL = "患重特大疾病"


def add(site: Site, unit: str = "", when: datetime = MAY, edition: str = HENAN, **values: object) -> Record:
    told = {"name": "王小明"} | values
    return site.store.save(site.editions[edition], told, "王", "typed", when, override_why="试", unit=unit)  # type: ignore[arg-type]


def table(page: Response) -> dict[str, list[str]]:
    """The lines of a plot's table by their first cell."""
    rows = re.findall(r"<tr>(.*?)</tr>", page.text, re.DOTALL)[1:]
    cells = [
        [re.sub(r"<[^>]*>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]
        for row in rows
    ]
    return {first: rest for first, *rest in cells}


def links(page: Response) -> list[str]:
    return [one.replace("&amp;", "&") for one in re.findall(r'href="(/figures/records[^"]*)"', page.text)]


def test_bars_count_records_and_lead_to_them(site: Site, enter: Enter) -> None:
    for cause in (ILL, ILL, "其他"):
        add(site, primary_cause=cause)
    client = enter()
    page = client.get(f"/figures/plots/main_causes?edition={HENAN}")
    assert table(page)[ILL] == ["2", "66.7"] and table(page)["其他"] == ["1", "33.3"]
    assert table(page)["子女上学"] == ["0", "0.0"]
    found = [client.get(link) for link in dict.fromkeys(links(page))]
    assert sorted(re.findall(r'href="(/records/\d+)">\d', "".join(one.text for one in found))) == [
        "/records/1", "/records/2", "/records/3",
    ]  # fmt: skip
    assert [bool("/records/3" in one.text) for one in found] == [False, True]


def test_every_plot_of_every_edition_is_drawn_exported_and_fits(site: Site, enter: Enter) -> None:
    for key in (HENAN, SHAOXING):
        add(site, edition=key, employer="一厂")
        client = enter(Role.ADMINISTRATOR)
        names = re.findall(r'id="plot-([\w-]+)"', client.get(f"/figures?edition={key}").text)
        assert {"progress", "categories", "workplaces", "state-archive", "tenths", "clerks"} <= set(names)
        for name in names:
            assert client.get(f"/figures/plots/{name}?edition={key}").status_code == 200
        picture = Image.open(
            io.BytesIO(client.get(f"/figures/plots/categories/picture.png?edition={key}").content)
        )
        drawn = etree.fromstring(client.get(f"/figures/plots/categories/picture.svg?edition={key}").content)
        assert picture.size == (
            round(2 * float(drawn.get("width", 0))),
            round(2 * float(drawn.get("height", 0))),
        )


def test_a_workbook_has_numbers_as_numbers_and_no_formula(site: Site, enter: Enter) -> None:
    add(site, employer="=1+1")
    answer = enter().get(f"/figures/plots/workplaces/table.xlsx?edition={HENAN}")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert [cell.value for cell in sheet[1]] == ["工作单位", "份数", "占 %"]
    name, count, _ = sheet[2]
    assert (name.value, name.data_type, name.quotePrefix) == ("=1+1", "s", True)
    assert (count.value, count.data_type) == (1, "n")


def test_what_is_taken_along_tells_what_it_is_of(site: Site, enter: Enter) -> None:
    add(site, unit="一会")
    address = f"/figures/plots/main_causes/{{}}?edition={HENAN}&unit=一会&first=2016-01-01"
    client = enter()
    book = load_workbook(io.BytesIO(client.get(address.format("table.xlsx")).content))
    told = {name.value: text.value for name, text in book["说明"].iter_rows(min_row=2)}
    assert told["图名"] == "主要致困原因"
    assert told["统计范围"] == "困难职工档案表（2016 版），一会，建档自 2016-01-01"
    assert told["统计日期"] == date.today().isoformat()
    share = book["主要致困原因"]["C2"]
    assert (share.value, share.number_format) == (0, "0.0")
    root = etree.fromstring(client.get(address.format("picture.svg")).content)
    drawing = [str(one.text) for one in root.iter()]
    assert "主要致困原因" in drawing and any("（2016 版），一会" in text for text in drawing)


def test_every_plot_of_an_empty_store_can_be_seen_and_taken_along(enter: Enter) -> None:
    client = enter(Role.ADMINISTRATOR)
    names = re.findall(r'id="plot-([\w-]+)"', client.get(f"/figures?edition={HENAN}").text)
    assert len(names) > 12
    for name in names:
        for file in ("", "/picture.svg", "/table.xlsx"):
            assert client.get(f"/figures/plots/{name}{file}?edition={HENAN}").status_code == 200, name
    for name in ("units", "progress", "tenths"):
        drawing = client.get(f"/figures/plots/{name}/picture.svg?edition={HENAN}").text
        assert "还没有可统计的内容" in drawing


def test_a_unit_sees_its_own_only(site: Site, enter: Enter) -> None:
    add(site, "一会", primary_cause="其他")
    add(site, "二会", primary_cause="其他")
    client = enter(unit="一会")
    for more in ("", "&unit=*", "&unit=二会", "&unit="):
        page = client.get(f"/figures/plots/main_causes?edition={HENAN}{more}")
        assert table(page)["其他"] == ["1", "100.0"]
        listed = client.get(f"/figures/records?edition={HENAN}&block=main_causes&label=其他{more}").text
        assert "/records/1" in listed and "/records/2" not in listed
    assert "二会" not in client.get(f"/figures?edition={HENAN}").text
    assert client.get(f"/figures/plots/units?edition={HENAN}").status_code == 404
    everybody = enter()
    assert table(everybody.get(f"/figures/plots/units?edition={HENAN}")).keys() == {"一会", "二会"}
    narrowed = everybody.get(f"/figures/plots/main_causes?edition={HENAN}&unit=二会")
    assert table(narrowed)["其他"] == ["1", "100.0"]


def test_a_period_narrows_every_plot_and_columns_lead_to_their_month(site: Site, enter: Enter) -> None:
    for when in (MAY, MAY, JUNE, datetime(2016, 12, 1, tzinfo=UTC)):
        add(site, when=when)
    client = enter()
    page = client.get(f"/figures/plots/progress?edition={HENAN}")
    assert table(page)["2016-05"] == ["2", "2"] and table(page)["2016-06"] == ["1", "3"]
    assert table(page)["2016-07"] == ["0", "3"] and table(page)["2016-12"] == ["1", "4"]
    assert len(re.findall(r'href="/records/\d+">\d', client.get(links(page)[0]).text)) == 2
    page = client.get(f"/figures/plots/progress?edition={HENAN}&first=2016-06-01&last=2016-06-30")
    assert table(page) == {"2016-06-09": ["1", "1"]}
    assert client.get(f"/figures/plots/progress?edition={HENAN}&first=gestern").status_code == 422


def test_a_reader_sees_figures_without_names_and_no_illness(site: Site, enter: Enter) -> None:
    add(site, edition=SHAOXING, health=site.editions[SHAOXING].field("health").choices[-1])
    address = f"/figures/records?edition={SHAOXING}&block=health"
    reader, clerk = enter(Role.READER), enter(Role.CLERK)
    listed = reader.get(f"/figures/records?edition={SHAOXING}").text
    assert "/records/1" in listed and "王小明" not in listed
    assert "王小明" in clerk.get(f"/figures/records?edition={SHAOXING}").text
    assert reader.get(f"/figures/plots/health?edition={SHAOXING}").status_code == 404  # it is his
    for _ in range(FEWEST - 1):
        add(site, edition=SHAOXING)
    seen = reader.get(f"/figures/plots/health?edition={SHAOXING}")
    assert seen.status_code == 200 and not links(seen)
    assert reader.get(f"/figures/plots/health?edition={SHAOXING}&last=2000-01-01").status_code == 404
    assert links(clerk.get(f"/figures/plots/health?edition={SHAOXING}"))
    assert reader.get(address).status_code == 403 and clerk.get(address).status_code == 200
    assert [line.what for line in site.store.audit.lines(newest=3)][:1] == ["unmasked"]


def test_who_changed_how_much_is_for_the_administrator(site: Site, enter: Enter) -> None:
    reading = Draft(
        HENAN,
        {"name": Reading("王", confidence=0.55), "ethnicity": Reading("汉族", confidence=0.95)},
        origin=Origin("scan", "0" * 64, (1,)),
    )
    with site.store.database.writing() as session:
        for who, name in (("李经办", "玉"), ("周经办", "王")):
            number = rows.add_draft(session, None, reading, "", MAY)
            note_fared(session, number, reading, [Decision("name", name)], "", who, MAY)
    clerk, administrator = enter(), enter(Role.ADMINISTRATOR)
    address = f"/figures/plots/clerks?edition={HENAN}"
    assert clerk.get(address).status_code == 404 and "李经办" not in clerk.get("/figures").text
    assert table(administrator.get(address)) == {
        "李经办": ["2", "1", "1", "50.0"], "周经办": ["2", "1", "0", "0.0"],
    }  # fmt: skip
    assert table(clerk.get(f"/figures/plots/fields?edition={HENAN}")) == {"姓名": ["2", "2", "1", "50.0"]}
    assert table(clerk.get(f"/figures/plots/tenths?edition={HENAN}")) == {
        "50%–60%": ["2", "1", "55.0", "50.0"], "90%–100%": ["2", "0", "95.0", "100.0"],
    }  # fmt: skip
    assert table(clerk.get(f"/figures/plots/settled?edition={HENAN}")) == {"2016-05-03": ["2"]}


def test_the_notice_s_day_and_the_working_days_are_held_against_today(site: Site, enter: Enter) -> None:
    for _ in range(3):
        add(site)
    for number, states in ((1, ENTERED), (2, ENTERED), (3, ("surveyed",))):
        for state in states:
            site.store.move(number, "archive", state, date(2016, 10, 3), "通知", "王")
    changed = site.store.record(2)
    values = {**changed.values, "name": "王大明"}
    site.store.save(site.editions[HENAN], values, "王", "typed", number=2, override_why="试")
    client = enter()
    page = client.get(f"/figures/plots/duties?edition={HENAN}")
    told = {re.sub(r"（已过 \d+ 天）", "", first): rest[0] for first, rest in table(page).items()}
    assert told == {
        "已按通知办结": "2", "未办结，期限 2016-10-31": "1",
        "两边一致，无须补录": "1", "有变动待录入，还在期限内": "1", "有变动待录入，已过期限": "1",
    }  # fmt: skip
    addresses = dict.fromkeys(re.findall(r'href="(/figures/due[^"]*)"', page.text.replace("&amp;", "&")))
    listed = [re.findall(r'href="/records/(\d+)">\d', client.get(one).text) for one in addresses]
    assert listed == [["2", "1"], ["3"], ["1"], ["2"], ["3"]]
    assert client.get(f"/figures/due?edition={HENAN}&duty=nothing").status_code == 422
    progress = client.get(f"/figures/plots/progress?edition={HENAN}").text
    assert "期限 2016-10-31：到期建档 3 份，之后 0 份。" in progress


def test_reviews_are_told_with_their_pace(site: Site, enter: Enter, tmp_path: Path) -> None:
    hand, times = Hand("李经办"), iter(range(0, 6000, 15))
    reviews = replace(site.store.reviews, clock=lambda: MAY + timedelta(seconds=next(times)))
    for number in (1, 2):
        paper = tmp_path / f"{number}.png"
        paper.write_bytes(str(number).encode())
        kept = site.store.keep(paper)
        draft = Draft(HENAN, {"name": Reading("王")}, origin=Origin(kept.file, kept.sha256, (1,)))
        site.store.add_drafts(kept.sha256, [draft])
        reviews.claim(number, hand)
        reviews.file(number, site.editions[HENAN], hand, "试")
    clerk, administrator = enter(), enter(Role.ADMINISTRATOR)
    minutes = sum(one.seconds for one in site.store.reviews.paces()) / 60 / 2
    assert minutes > 0
    told = table(clerk.get(f"/figures/plots/pace?edition={HENAN}"))
    assert told == {"2016-05-03": ["2", f"{minutes:.1f}"]}
    assert clerk.get(f"/figures/plots/paces?edition={HENAN}").status_code == 404
    assert table(administrator.get(f"/figures/plots/paces?edition={HENAN}")) == {
        "李经办": ["2", "1", "2.0", f"{minutes:.1f}", "0", "0"],
    }
    narrowed = administrator.get(f"/figures/plots/paces?edition={HENAN}&first=2016-05-04")
    assert table(narrowed) == {}


def test_records_of_an_older_store_are_counted_before_figures_are_shown(site: Site, enter: Enter) -> None:
    add(site, primary_cause="其他")
    with site.store.database.writing() as session:
        session.execute(delete(FigureMembers))
    client = enter()
    page = client.get(f"/figures?edition={HENAN}").text
    assert "还有 1 份" in page and 'id="plot-' not in page
    assert client.post(f"/figures/catch-up?edition={HENAN}").headers["HX-Refresh"] == "true"
    assert 'id="plot-main_causes"' in client.get(f"/figures?edition={HENAN}").text


def test_values_are_escaped_in_pictures_and_pages(site: Site, enter: Enter) -> None:
    add(site, employer="<script>alert(1)</script>\"'")
    client = enter()
    page = client.get(f"/figures/plots/workplaces?edition={HENAN}").text
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page
    drawn = etree.fromstring(client.get(f"/figures/plots/workplaces/picture.svg?edition={HENAN}").content)
    assert any("<script>" in (one.text or "") for one in drawn.iter() if one.tag.endswith("text"))
    assert client.get(f"/figures/plots/nothing?edition={HENAN}").status_code == 404
    assert client.get(f"/figures/records?edition={HENAN}&block=nothing").status_code == 404


LONG = "城镇灵活就业人员和其他经劳动能力鉴定丧失劳动能力的困难职工家庭（含单亲）"


@pytest.mark.parametrize("wide", [plots.WIDE, plots.NARROW])
@pytest.mark.parametrize("way", [Way.BARS, Way.COLUMNS])
def test_nothing_is_drawn_outside_the_picture(way: Way, wide: float) -> None:
    points = tuple(Point(LONG[: 3 * place + 1], 10**place, f"{10**place}（10.0%）", ()) for place in range(7))
    picture = plots.laid_out(Plot("x", "x", way, points, ()), wide)
    for shape in picture.shapes:
        if isinstance(shape, plots.Words):
            back = {"start": 0.0, "middle": 0.5, "end": 1.0}[shape.anchor] * plots.long(shape.text)
            left, right = shape.at[0] - back, shape.at[0] - back + plots.long(shape.text)
            assert left >= -1 and right <= picture.wide + 1, shape.text
            assert 0 <= shape.at[1] <= picture.high
        if isinstance(shape, plots.Box):
            assert shape.left >= 0 and shape.left + shape.wide <= picture.wide + 1
            assert shape.top >= -0.1 and shape.top + shape.high <= picture.high


@pytest.mark.parametrize("way", Way)
def test_marks_are_told_apart_without_colours(way: Way) -> None:
    points = (Point("a", 0.5, "1", (), at=0.2, weight=9), Point("b", 0.5, "1", (), "", True, 0.8, 9))
    picture = plots.laid_out(Plot("x", "x", way, points, ()))
    own, rest = (one for one in picture.shapes if isinstance(one, plots.Box | plots.Dot))
    own_grey, rest_grey = (
        Image.new("RGB", (1, 1), one.colour).convert("L").getpixel((0, 0)) for one in (own, rest)
    )
    assert isinstance(own_grey, int) and isinstance(rest_grey, int) and rest_grey - own_grey > 100
    assert rest.edge and not own.edge


def test_small_marks_can_be_pressed_beside_them() -> None:
    points = tuple(Point(str(number), number, "", (), f"/{number}") for number in (1, 1000))
    for way in (Way.BARS, Way.COLUMNS):
        picture = plots.laid_out(Plot("x", "x", way, points, ()))
        for box in (one for one in picture.shapes if isinstance(one, plots.Box)):
            left, top, wide, high = box.around
            assert wide >= 24 and high >= 24 and left <= box.left and top <= box.top
            assert left + wide <= picture.wide + 1 and top + high <= picture.high + 1
        page = drawn.svg(picture, "x", "plot")
        assert page.count('pointer-events="all"') == page.count("<a ") == 2


def test_a_date_in_a_long_label_is_not_broken() -> None:
    lines = plots.wrapped("统计日期 2026-11-22 起", 7 * plots.TYPE)
    assert any("2026-11-22" in line for line in lines) and len(lines) > 1
    assert plots.wrapped("1234567890123", 3 * plots.TYPE)[0] != ""
    for room in range(4, 12):
        lines = plots.wrapped("《困难职工档案》调查表（2010 版），全部单位", room * plots.TYPE)
        assert "".join(lines) == "《困难职工档案》调查表（2010 版），全部单位"
        assert not any(line[0] in "》），" or line[-1] in "《（" for line in lines)


def test_bars_are_as_long_as_their_numbers() -> None:
    points = tuple(Point(str(number), number, str(number), ()) for number in (40, 10, 0, 20))
    picture = plots.laid_out(Plot("x", "x", Way.BARS, points, ()))
    bars = [one.wide for one in picture.shapes if isinstance(one, plots.Box)]
    assert len(bars) == 3 and bars[0] == pytest.approx(4 * bars[1]) == pytest.approx(2 * bars[2])


def test_one_day_alone_is_a_column_and_no_wall() -> None:
    point = Point("2016-07-13", 21, "21", ())
    picture = plots.laid_out(Plot("x", "x", Way.COLUMNS, (point,), ()))
    [column] = [one for one in picture.shapes if isinstance(one, plots.Box)]
    assert column.wide < picture.wide / 4
