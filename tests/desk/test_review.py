"""Settling a draft in the terminal, answer by answer."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from desk import phrases
from records.drafts import Alternative, Draft, Origin, Reading, Source
from records.editions import load_editions
from records.findings import Finding, Reason, Severity
from records.reviews import Hand
from records.store import Store
from records.values import Value
from tests.clerk import Clerk, Said

EDITIONS = load_editions()
KEY = "shaoxing-2010"
DOUBT = (Reason("unsure"),)
SPOT = Source(1, (5, 6, 70, 80))
SOUND: dict[str, Value] = {
    "hardship_category": "低保户",
    "name": "林海生",
    "ethnicity": "汉族",
    "gender": "男",
    "political_status": "群众",
    "birth_date": "1965-01-01",
    "id_number": "330602196501010012",
    "health": "良好",
    "identity": "在岗",
    "model_worker": "非劳模",
    "housing_type": "租房",
    "phone": "0575-88881234",
    "work_start": "1985-07",
    "industry": "纺织系统",
    "marital_status": "未婚",
    "household_type": "非农业",
    "address": "绍兴市越城区某街1号",
    "employer": "某纺织厂",
    "monthly_income": Decimal(900),
    "household_annual_income": Decimal(10800),
    "household_size": Decimal(1),
    "causes": ("残疾",),
}


COARSE = Finding("coarse_page", Severity.WARNING, (), {"dpi": "90"})


def put(clerk: Clerk, *, file_name: str = "scan", seen: tuple[Finding, ...] = (), **doubtful: Reading) -> int:
    """A draft of a sound household in the store, but for the readings given; its number."""
    sound = {path: Reading(value, str(value), 0.99, source=SPOT) for path, value in SOUND.items()}
    given = {path.replace("__", "."): reading for path, reading in doubtful.items()}
    file = clerk.home.parent / f"{file_name}.jpg"
    file.write_bytes(file_name.encode())
    with Store.open(clerk.home) as store:
        kept = store.keep(file)
        draft = Draft(KEY, sound | given, findings=seen, origin=Origin(file.name, kept.sha256, (1,)))
        return store.add_drafts(kept.sha256, [draft])[0]


def doubt(value: Value, *others: Value) -> Reading:
    alternatives = tuple(Alternative(other, 0.2) for other in others)
    return Reading(value, f"{value}?", 0.4, True, DOUBT, alternatives, SPOT)


def review(clerk: Clerk, number: int, *typed: str) -> Said:
    return clerk("review", number, typed=typed)


def stored(clerk: Clerk, path: str) -> Value:
    with Store.open(clerk.home) as store:
        return store.record(1).values.get(path)


def test_the_setting_of_these_tests_is_sound(dangan: Clerk) -> None:
    said = review(dangan, put(dangan), "")
    assert "已存为档案 1" in said.out
    with Store.open(dangan.home) as store:
        assert {event.why for event in store.history(1)} == {"read"}


@pytest.mark.parametrize(
    ("path", "reading", "typed", "value"),
    [
        ("name", doubt("林海王", "林海生"), "", "林海王"),
        ("name", doubt("林海王", "林海生", "林梅生"), "b", "林梅生"),
        ("name", doubt("林海王"), "林海生", "林海生"),
        ("name", doubt("林海王", "林海生"), "=1", "1"),
        ("household_size", doubt(Decimal(7), Decimal(4)), "A", Decimal(4)),
        ("household_size", doubt(Decimal(7), Decimal(4)), "1", Decimal(1)),
        ("household_size", doubt(Decimal(7)), "1", Decimal(1)),
        ("birth_date", doubt("1966-01-01"), "1965年1月1日", "1965-01-01"),
        ("monthly_income", doubt(Decimal(90)), "0.09万元", Decimal(900)),
        ("postcode", doubt("312000"), "-", None),
        ("causes", doubt(("其他",)), "残疾、下岗失业", ("残疾", "下岗失业")),
    ],
)  # fmt: skip
def test_an_answer_becomes_the_value(
    dangan: Clerk, path: str, reading: Reading, typed: str, value: Value
) -> None:
    said = review(dangan, put(dangan, **{path: reading}), typed, "", "")
    assert "已存为档案 1" in said.out, said.out + said.err
    assert stored(dangan, path) == value
    with Store.open(dangan.home) as store:
        [event] = [event for event in store.history(1) if event.path == path] or [None]
        if value is not None:
            assert event is not None
            assert event.why == ("confirmed" if value == reading.value else "decided")
            assert (event.page, event.box) == (1, SPOT.box)


def test_what_a_clerk_sees_of_a_doubtful_field(dangan: Clerk) -> None:
    said = review(dangan, put(dangan, name=doubt("林海王", "林海生")), "q")
    for shown in ("[1/1] 姓名", "林海王", "读得没有把握", "a) 林海生（20%）", "第 1 页", "scan.jpg"):
        assert shown in said.out


def test_an_answer_that_cannot_be_read_is_asked_again(dangan: Clerk) -> None:
    said = review(dangan, put(dangan, birth_date=doubt("1966-01-01")), "前年", "1965-13-40", "1965-01-01", "")
    assert "看不出是哪一天" in said.err
    assert "不是存在的日期" in said.err
    assert stored(dangan, "birth_date") == "1965-01-01"


def test_a_number_with_a_wrong_check_digit_stands_when_the_clerk_insists_and_says_why(dangan: Clerk) -> None:
    number = put(dangan, id_number=doubt("330602196501010013"))
    said = review(dangan, number, "330602196501010014", "330602196501010014", "证件如此", "")
    assert "校验位不符" in said.err
    assert "再次输入" in said.err
    assert stored(dangan, "id_number") == "330602196501010014"
    with Store.open(dangan.home) as store:
        [whole] = [event for event in store.history(1) if event.path == ""]
        assert (whole.why, whole.after) == ("证件如此", ("id_check_digit",))


def test_a_skipped_field_keeps_the_draft_and_is_asked_next_time(dangan: Clerk) -> None:
    number = put(dangan, name=doubt("林海王"), postcode=doubt("312000"))
    said = review(dangan, number, "s", "")
    assert "还有 1 处未核定" in said.err
    again = review(dangan, number, "林海生", "")
    assert "[1/1] 姓名" in again.out
    assert (stored(dangan, "name"), stored(dangan, "postcode")) == ("林海生", "312000")


def test_a_draft_that_waits_for_approval_is_left_alone(dangan: Clerk) -> None:
    number = put(dangan)
    with Store.open(dangan.home) as store:
        store.reviews.file(number, EDITIONS[KEY], Hand("李经办"))
    said = review(dangan, number, "")
    assert (said.status, "正在等审核" in said.err) == (1, True)
    assert "没有待核对的草稿" in dangan("review").err


@pytest.fixture
def two(dangan: Clerk) -> Clerk:
    """An office of two people, as it is unless somebody says otherwise."""
    dangan.patch.delenv("DANGAN_TWO_PEOPLE")
    return dangan


def approve(clerk: Clerk, *typed: str, who: str = "赵审核") -> Said:
    return clerk("review", "--approve", "--who", who, typed=typed)


def test_one_files_and_another_approves_with_a_correction(two: Clerk) -> None:
    wrong = doubt(Decimal(90))
    number = put(two, name=doubt("林海王", "林海生"), monthly_income=wrong)
    said = review(two, number, "a", "900", "")
    assert "等另一人审核" in said.out
    assert two("list", "--json").lines == []
    again = two("review")
    assert "没有待核对" in again.err
    assert "1 份是您（王经办）建档的" in again.err
    assert "1 份由别人建档，等您审核" in two("review", "--who", "赵审核").err
    assert "等审核（王经办 建档）" in two("review", "--list").out

    done = approve(two, "", "0.1万元", "手机", "家庭住址", "某街2号", "")
    for told in ("王经办 于", "[1/2] 姓名", "原读：林海王", "原读：90", "草稿 1 审核通过，已存为档案 1"):
        assert told in done.out, done.out + done.err
    with Store.open(two.home) as store:
        record = store.record(1)
        told = {(one.revision, one.who, one.path) for one in store.history(1) if one.revision == 2}
        kept = {(one.who, one.why) for one in store.history(1) if not one.path}
    assert (record.values["name"], record.values["monthly_income"], record.values["address"]) == (
        "林海生", Decimal(1000), "某街2号",
    )  # fmt: skip
    assert told >= {(2, "赵审核", "monthly_income"), (2, "赵审核", "address")}
    assert not {path for _, _, path in told} & {"name"}
    assert ("赵审核", "approved") in kept


def test_what_was_filed_again_under_the_eyes_of_who_approves_is_not_approved(two: Clerk) -> None:
    number = put(two, name=doubt("林海王", "林海生"))
    review(two, number, "a", "")

    def answered(prompt: str) -> str:
        if prompt == phrases.REVIEW_APPROVE_PROMPT:
            with Store.open(two.home) as store:
                clerk = Hand("王经办")
                store.reviews.release(number, Hand("赵审核"))  # as after a while without a sign
                store.reviews.send_back(number, clerk, "")
                store.reviews.decide(number, "phone", "0575-88889999", clerk)
                store.reviews.file(number, EDITIONS[KEY], clerk)
        return ""

    two.patch.setattr("builtins.input", answered)
    said = two("review", number, "--approve", "--who", "赵审核")
    assert (said.status, "重新建档" in said.err) == (1, True)
    with Store.open(two.home) as store:
        assert store.records() == []


def test_nobody_approves_in_the_terminal_what_he_filed(two: Clerk) -> None:
    number = put(two)
    review(two, number, "")
    assert "没有等您（王经办）审核的草稿" in approve(two, who="王经办").err
    said = two("review", number, "--approve", typed=[""])
    assert (said.status, said.out, "须由另一人办理" in said.err) == (1, "", True)
    assert two("list", "--json").lines == []


def test_what_is_filed_is_sent_back_with_a_reason_or_taken_back(two: Clerk) -> None:
    number = put(two, name=doubt("林海王"))
    review(two, number, "", "")
    assert "请写明理由" in two("review", number, "--send-back", "", "--who", "赵审核").err
    assert "已退回 王经办" in approve(two, "林海生", "退回", "退回：姓名不对").out
    assert "退回待改（赵审核：姓名不对）" in two("review", "--list").out
    again = two("review", typed=["王经办"])
    assert "赵审核 退回：姓名不对" in again.out
    assert "等另一人审核" in again.out
    with Store.open(two.home) as store:
        assert store.reviews.decisions(number).standing["name"].value == "林海王"
    assert "已撤回" in two("review", number, "--send-back", "").out
    assert approve(two).err.startswith("没有等您")
    assert two("review", number, "--approve", "--who", "赵审核").status == 1


def test_another_may_file_than_had_it_open_and_errors_keep_the_filers_reason(two: Clerk) -> None:
    number = put(two, gender=Reading("女", "女"))
    assert "已由 钱文书 建档" in review(two, number, "证件如此", "钱文书").out
    done = approve(two, "", "", who="王经办")
    assert "照此存档的理由：证件如此" in done.out
    assert "已存为档案 1" in done.out
    with Store.open(two.home) as store:
        whys = {(one.who, one.why) for one in store.history(1) if not one.path}
        [pace] = store.reviews.paces()
    assert {("钱文书", "证件如此"), ("王经办", "approved")} <= whys
    assert (pace.filed_by, pace.approved_by) == ("钱文书", "王经办")


def test_words_that_mean_no_value_are_asked_again_and_never_pass_as_blank(dangan: Clerk) -> None:
    number = put(dangan)
    with Store.open(dangan.home) as store:
        store.reviews.decide(number, "birth_date", None, Hand("王经办"), text="前年")
        store.reviews.decide(number, "name", None, Hand("王经办"), text="？")
    said = review(dangan, number, "", "林海生", "", "1965-01-01", "")
    assert "[2/2] 出生日期" in said.out
    assert "这里还没有可用的内容" in said.err
    assert "看不出是哪一天" in said.err
    assert (stored(dangan, "name"), stored(dangan, "birth_date")) == ("林海生", "1965-01-01")


@pytest.mark.parametrize(
    "words", [("--send-back", "不对"), (1, "--approve", "--drop", "不要"), ("--list", "--approve")]
)
def test_one_step_at_a_time(dangan: Clerk, words: tuple[object, ...]) -> None:
    assert dangan("review", *words).status == 2


def test_an_error_between_fields_can_be_mended_by_its_number_or_by_the_label(dangan: Clerk) -> None:
    wrong = {"birth_date": Reading("1966-02-02", "1966-02-02"), "gender": Reading("女", "女")}
    said = review(dangan, put(dangan, **wrong), "1", "1965-01-01", "", "性别", "男", "")
    assert "与身份证号中的" in said.out
    assert "已存为档案 1" in said.out, said.out + said.err
    assert (stored(dangan, "birth_date"), stored(dangan, "gender")) == ("1965-01-01", "男")


def test_an_error_does_not_pass_without_a_reason(dangan: Clerk) -> None:
    said = review(dangan, put(dangan, gender=Reading("女", "女")), "", "", "q")
    assert "已退出" in said.err
    assert dangan("list", "--json").lines == []


def test_all_drafts_are_reviewed_oldest_first(dangan: Clerk) -> None:
    numbers = [
        put(dangan, file_name="one"),
        put(dangan, file_name="two", id_number=Reading("330602196501010039")),
    ]
    said = dangan("review", typed=["", ""])
    assert [f"草稿 {number} 已存为档案 {number}" in said.out for number in numbers] == [True, True]


def test_the_clerk_is_named_by_option_by_answer_or_by_setting(dangan: Clerk, tmp_path: Path) -> None:
    people: Sequence[tuple[tuple[str, ...], str]] = ((("--who", "甲"), ""), ((), "乙"), ((), ""))
    for place, (words, typed) in enumerate(people):
        number = put(
            dangan,
            file_name=f"scan{place}",
            id_number=Reading(f"33060219650101{('0012', '0039', '0055')[place]}"),
        )
        assert dangan("review", number, *words, typed=[typed]).status == 0
    with Store.open(dangan.home) as store:
        told = [store.history(record.number)[0].who for record in store.records()]
    assert told == ["甲", "乙", "王经办"]


def test_a_second_archive_of_the_same_worker_must_be_forced(dangan: Clerk) -> None:
    review(dangan, put(dangan, file_name="first"), "")
    second = put(dangan, file_name="second")
    kept = review(dangan, second, "", "")
    assert "一户一档" in kept.err
    assert f"草稿 {second} 保留未存" in kept.err
    forced = review(dangan, second, "", "f")
    assert f"草稿 {second} 已存为档案 2" in forced.out
    with Store.open(dangan.home) as store:
        assert [event.why for event in store.history(2) if event.path == ""] == ["forced"]


def test_a_relative_who_stands_in_another_archive_is_pointed_out(dangan: Clerk) -> None:
    review(dangan, put(dangan, file_name="first"), "")
    kin = {"family__0__name": Reading("林海生"), "family__0__id_number": Reading("330602196501010012")}
    number = put(dangan, file_name="second", id_number=Reading("330602196501010039"), **kin)
    said = review(dangan, number, "有同一人", "")
    assert "档案 1" in said.err


@pytest.mark.parametrize("typed", ["3", "1", "c"])
def test_a_candidate_that_is_not_there_never_becomes_the_content(dangan: Clerk, typed: str) -> None:
    said = review(dangan, put(dangan, name=doubt("林海王", "林海生")), typed, "a", "")
    assert "没有" in said.err
    assert f"={typed}" in said.err
    assert stored(dangan, "name") == "林海生"


def test_every_decision_is_echoed(dangan: Clerk) -> None:
    said = review(dangan, put(dangan, monthly_income=doubt(Decimal(90))), "0.09万元", "")
    assert "→ 900" in said.out


def test_a_candidate_that_rounds_to_nothing_is_not_offered(dangan: Clerk) -> None:
    others = (Alternative("林海生", 0.004), Alternative("林梅生", 0.3))
    said = review(dangan, put(dangan, name=Reading("林海王", "?", 0.4, True, DOUBT, others, SPOT)), "a", "")
    assert "0%）" not in said.out.replace("30%）", "")
    assert stored(dangan, "name") == "林梅生"


def test_what_is_wrong_with_the_page_stands_in_the_head(dangan: Clerk) -> None:
    said = review(dangan, put(dangan, seen=(COARSE,), name=doubt("林海王")), "q")
    assert said.out.index("此页扫描太粗（约 90 dpi）") < said.out.index("[1/1] 姓名")


@pytest.mark.parametrize("words", [("--drop", "扫错了"), (1, "--drop", " ")])
def test_dropping_wants_a_draft_and_a_reason(dangan: Clerk, words: tuple[object, ...]) -> None:
    put(dangan)
    said = dangan("review", *words, typed=[""])
    assert (said.status, said.out) == (2, "")
    assert dangan("list", "--json").lines == []


def test_a_draft_that_is_settled_or_dropped_is_not_asked_again(dangan: Clerk) -> None:
    settled = put(dangan, file_name="one", name=doubt("林海王"))
    review(dangan, settled, "", "")
    dropped = put(dangan, file_name="two", name=doubt("林海王"))
    assert dangan("review", dropped, "--drop", "扫错了").status == 0
    for number, told in ((settled, "已存为档案 1"), (dropped, "已丢弃")):
        for words in ((), ("--drop", "再丢一次")):
            said = dangan("review", number, *words, typed=["", ""])
            assert (said.status, said.out) == (1, "")
            assert told in said.err


def test_a_number_in_a_file_name_is_masked(dangan: Clerk) -> None:
    number = put(dangan, file_name="330602196501010012", name=doubt("林海王"))
    for said in (dangan("review", "--list"), review(dangan, number, "q")):
        assert "19650101" not in said.out + said.err
