from collections.abc import Mapping
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from records import wire
from records.drafts import Alternative, Draft, Ink, Origin, Reading, Source
from records.findings import Finding, Reason, Severity
from records.values import Value

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.one_of(
    st.none(),
    TEXT,
    st.decimals(allow_nan=False, allow_infinity=False),
    st.lists(TEXT, max_size=3).map(tuple),
)
SURE = st.floats(0, 1)
FACTS = st.dictionaries(TEXT, TEXT, max_size=2)
REASONS = st.lists(st.builds(Reason, TEXT, FACTS), max_size=2).map(tuple)
BOXES = st.none() | st.tuples(*[st.integers(0, 10_000)] * 4)
SOURCES = st.none() | st.builds(Source, st.integers(1, 9), BOXES)
READINGS = st.builds(
    Reading,
    VALUES,
    TEXT,
    SURE,
    st.booleans(),
    REASONS,
    st.lists(st.builds(Alternative, VALUES, SURE), max_size=2).map(tuple),
    SOURCES,
)
PATHS = st.lists(TEXT, max_size=3).map(tuple)
DRAFTS = st.builds(
    Draft,
    TEXT,
    st.dictionaries(TEXT, READINGS, max_size=4),
    st.dictionaries(TEXT, st.builds(Ink, st.booleans(), SURE, SOURCES), max_size=2),
    st.lists(st.builds(Finding, TEXT, st.sampled_from(Severity), PATHS, FACTS), max_size=2).map(tuple),
    st.none() | st.builds(Origin, TEXT, TEXT, st.lists(st.integers(1, 99), max_size=3).map(tuple)),
)


@given(DRAFTS)
def test_a_draft_comes_back_as_it_was_written(draft: Draft) -> None:
    back = wire.draft_from_json(wire.draft_to_json(draft))
    assert back == draft
    assert list(back.readings) == list(draft.readings)
    assert [_exact(one.value) for one in back.readings.values()] == [
        _exact(one.value) for one in draft.readings.values()
    ]


@given(VALUES)
def test_a_value_comes_back_with_its_own_digits(value: Value) -> None:
    assert _exact(wire.value_from_json(wire.value_to_json(value))) == _exact(value)


@given(FACTS)
def test_facts_come_back(facts: Mapping[str, str]) -> None:
    assert wire.facts_from_json(wire.facts_to_json(facts)) == facts


def test_chinese_is_written_as_itself() -> None:
    assert wire.value_to_json("下（待）岗") == '"下（待）岗"'
    assert wire.value_to_json(Decimal("1200.50")) == '{"number":"1200.50"}'


def _exact(value: Value) -> tuple[str, str]:
    return type(value).__name__, str(value)
