from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from records.drafts import Draft, Reading
from records.editions import Edition
from records.reviews import Hand
from records.store import Store

ME, OTHER = Hand("王经办", 1), Hand("李经办", 2)
Take = Callable[..., int]


@pytest.fixture
def take(store: Store, paper: Callable[..., Path], read: Callable[..., Draft]) -> Take:
    """Take a paper in for a unit; gives its draft's number."""

    def taken(name: str, unit: str = "", **values: object) -> int:
        kept = store.keep(paper(f"{name}.jpg", name.encode()), unit=unit)
        [number] = store.add_drafts(kept.sha256, [read(kept, **values)])
        return number

    return taken


def read_in(store: Store, key: str, unit: str = "", hand: Hand = ME) -> list[tuple[int, str, object]]:
    cells = store.abreast.cells("invented", key, unit, hand)
    return [(cell.draft, cell.path, cell.reading.value) for cell in cells]


def test_a_field_is_read_in_all_drafts_with_its_doubts(
    store: Store, take: Take, doubtful: Callable[[object], Reading]
) -> None:
    take("一", grant=Decimal(5), holder=doubtful("甲"))
    take("二", grant=None, holder="乙")
    assert read_in(store, "grant") == [(1, "grant", Decimal(5)), (2, "grant", None)]
    [first, second] = store.abreast.cells("invented", "holder", "", ME)
    assert first.reading == doubtful("甲") and (second.name, second.reading.review) == ("乙", False)
    counts = {one.key: (one.readings, one.doubtful) for one in store.abreast.waiting("", ME)}
    assert counts == {"grant": (2, 0), "holder": (2, 1), "holder_number": (2, 0)}


def test_every_row_of_a_table_is_read(store: Store, take: Take) -> None:
    take("一", kin__0__called="父", kin__1__called="母", kin__10__called="子", kin__0__earns=Decimal(1))
    assert [path for _, path, _ in read_in(store, "kin.called")] == [
        "kin.0.called", "kin.1.called", "kin.10.called",
    ]  # fmt: skip
    counts = {one.key: one.readings for one in store.abreast.waiting("", ME)}
    assert counts["kin.called"] == 3 and counts["kin.earns"] == 1


def test_a_unit_sees_its_own_drafts_only(store: Store, take: Take) -> None:
    take("一", "一会")
    take("二", "二会")
    assert [draft for draft, _, _ in read_in(store, "holder", "二会")] == [2]
    assert {one.readings for one in store.abreast.waiting("一会", ME)} == {1}


def test_what_is_decided_open_elsewhere_filed_or_gone_waits_no_more(
    store: Store, edition: Edition, take: Take
) -> None:
    for name in "一二三四五":
        take(name, holder_number=None, kin__0__called="父")
    store.reviews.decide(1, "holder", "王小明", ME)
    store.reviews.decide(1, "kin.0", None, ME)
    store.reviews.claim(2, OTHER)
    store.reviews.file(3, edition, OTHER)
    store.drop(4, "王", "重复")
    assert [draft for draft, _, _ in read_in(store, "holder")] == [5]
    assert [draft for draft, _, _ in read_in(store, "kin.called")] == [5]
    assert [draft for draft, _, _ in read_in(store, "holder_number")] == [1, 5]
    assert [draft for draft, _, _ in read_in(store, "holder", hand=OTHER)] == [2, 5]
