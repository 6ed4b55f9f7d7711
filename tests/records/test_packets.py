from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from records.editions import Edition, Editions, load_editions
from records.errors import Refused
from records.packets import packet, with_case, wrong_data
from records.proofreading import faults


@pytest.fixture(scope="module")
def editions() -> Editions:
    return load_editions()


@pytest.fixture(scope="module")
def edition(editions: Editions) -> Edition:
    return next(one for one in editions if one.medical)


def changed(edition: Edition, **told: Any) -> Edition:
    data = {**edition.medical["packet"], **told}
    return replace(edition, medical=MappingProxyType({**edition.medical, "packet": data}))


def test_a_packet_binds_every_kind_of_paper_that_the_notice_knows(edition: Edition) -> None:
    parts = packet(edition).parts
    assert [part.papers for part in parts if part.papers] == [
        one["kind"] for one in edition.medical["papers"]
    ]
    assert list(wrong_data(edition)) == []


def test_lists_stand_before_what_they_list(edition: Edition) -> None:
    order = [part.document or part.papers for part in packet(edition).parts]
    assert order.index("hospital-list") + 1 == order.index("hospital")
    assert order.index("invoice-list") + 1 == order.index("invoice")


def test_an_edition_without_a_packet_refuses_one(editions: Editions) -> None:
    other = next(one for one in editions if not one.medical)
    assert with_case(other) is other
    with pytest.raises(Refused, match="no_packet"):
        packet(other)


def test_the_edition_with_a_case_is_the_same_each_time(edition: Edition) -> None:
    assert with_case(edition) is with_case(edition)
    assert with_case(edition).field("invoices.0.total").label == "总费用"
    assert not edition.has("invoices.0.total")


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"parts": [{"document": "packet-cover"}]}, "no part for papers invoice"),
        ({"slip": "nothing"}, "unknown document nothing"),
        ({"words": {}}, "lacks the word absent"),
        ({"judgements": ["nothing"]}, "unknown judgement nothing"),
        ({"listed": "nothing"}, "unknown papers nothing"),
        ({"fields": [{"key": "name", "label": "姓名"}]}, "field name is the form's own"),
        ({"fields": [{"key": "nothing", "label": "无"}]}, "unknown field nothing"),
        (
            {"fields": [{"key": "invoices", "label": "发票", "columns": {"price": "价"}}]},
            "unknown column invoices.price",
        ),
    ],
)
def test_wrong_data_is_named(edition: Edition, told: dict[str, Any], fault: str) -> None:
    assert any(fault in one for one in wrong_data(changed(edition, **told)))


def test_a_document_is_made_of_a_record_or_a_case(edition: Edition) -> None:
    strange = replace(edition.documents[0], of="nothing")
    assert f"document {strange.name}: of nothing" in list(faults(replace(edition, documents=(strange,))))
