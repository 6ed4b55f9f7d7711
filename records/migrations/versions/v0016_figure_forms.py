"""What became of each form's readings, so that the sums of readings can be followed back to their forms.

The forms that are there are noted anew from what was read and from their records' history,
and their sums with them, so that both agree.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_AT_ONCE = 500


def upgrade() -> None:
    """Make the table and fill it."""
    op.create_table(
        "figure_forms",
        sa.Column("draft", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("tenth", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("paths_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("draft", "field", "tenth", name="pk_figure_forms"),
        sa.ForeignKeyConstraint(["draft"], ["drafts.number"], name="fk_figure_forms_draft"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_figure_forms_edition", "figure_forms", ["edition", "field", "tenth", "on_day"])
    fill(op.get_bind())


def fill(connection: sa.Connection) -> None:
    """Note every form that was settled."""
    connection.execute(_readings.delete())
    sums: Counter[tuple[object, ...]] = Counter()
    last = 0
    while numbers := [number for (number,) in connection.execute(_settled(last))]:
        lines = [line for number in numbers for line in _lines(connection, number, sums)]
        if lines:
            connection.execute(_forms.insert(), lines)
        last = numbers[-1]
    keys = sorted({key[:-1] for key in sums}, key=str)
    for key in keys:
        told = dict(zip(_KEYS, key, strict=True))
        connection.execute(_readings.insert().values(**told, **{name: sums[*key, name] for name in _SUMS}))


_KEYS = ("on_day", "unit", "edition", "who", "field", "tenth")
_SUMS = ("read", "looked", "changed", "said")
_drafts = sa.table(
    "drafts",
    *(
        sa.column(name)
        for name in ("number", "edition", "unit", "sha256", "draft_json", "closed_by", "record")
    ),
    sa.column("closed_at", sa.DateTime()),
)
_events = sa.table(
    "events",
    *(sa.column(name) for name in ("record", "path", "before_json", "after_json", "why")),
    sa.column("at", sa.DateTime()),
)
_forms = sa.table(
    "figure_forms",
    *(sa.column(name) for name in ("draft", "read", "changed", "paths_json", *_KEYS[1:])),
    sa.column("on_day", sa.Date()),
)
_readings = sa.table(
    "figure_readings", *(sa.column(name) for name in (*_KEYS[1:], *_SUMS)), sa.column("on_day", sa.Date())
)


def _settled(last: int) -> sa.Select[int]:
    wanted = sa.select(_drafts.c.number).where(
        _drafts.c.number > last, _drafts.c.record.is_not(None), _drafts.c.sha256.is_not(None)
    )
    return wanted.order_by(_drafts.c.number).limit(_AT_ONCE)


def _lines(
    connection: sa.Connection, number: int, sums: Counter[tuple[object, ...]]
) -> Iterator[dict[str, object]]:
    """The lines of one form; its sums are added to those that there are."""
    row = connection.execute(sa.select(_drafts).where(_drafts.c.number == number)).one()
    draft = json.loads(row.draft_json)
    if not draft["origin"] or _is_return(draft):
        return
    told = connection.execute(
        sa.select(_events).where(_events.c.record == row.record, _events.c.at == row.closed_at)
    )
    looked = {one.path: one for one in told if one.path and one.why != "read"}
    found: dict[tuple[str, int], Counter[str]] = {("", 0): Counter(read=1)}
    paths: dict[tuple[str, int], list[str]] = {}
    for path, reading in draft["readings"].items():
        event = looked.get(path)
        same = event is not None and json.loads(event.before_json) == reading["value"]
        changed = event is not None and same and event.before_json != event.after_json
        tenth = min(int(reading["confidence"] * 10), 9)
        key = ".".join(part for part in path.split(".") if not part.isdigit())
        said = round(1000 * reading["confidence"])
        one = Counter(read=1, looked=int(same), changed=int(changed), said=said)
        for place in ((key, tenth), ("*", tenth)):
            found.setdefault(place, Counter()).update(one)
        found["", 0].update(looked=int(same), changed=int(changed))
        if changed:
            paths.setdefault((key, tenth), []).append(path)
    for name in ("looked", "changed"):
        found["", 0][name] = int(bool(found["", 0][name]))
    on_day = row.closed_at.replace(tzinfo=UTC).astimezone().date()
    common = (on_day, row.unit, row.edition, row.closed_by)
    for place, one in found.items():
        whole = dict(zip(_KEYS, (*common, *place), strict=True))
        if place[0] != "*":
            sums.update({(*common, *place, name): one[name] for name in _SUMS})
        if place[0] in ("", "*") or one["changed"]:
            more = {"draft": number, "paths_json": json.dumps(paths.get(place, []))}
            yield {**whole, "read": one["read"], "changed": one["changed"], **more}


def _is_return(draft: dict[str, list[list[object]]]) -> bool:
    """Whether it is the sheet of one record that came back as that record stood."""
    codes = [(said, standing) for said, standing, *_ in draft.get("returns", ())]
    return len({said[1] for said, standing in codes if standing == "current"}) == 1  # type: ignore[index]
