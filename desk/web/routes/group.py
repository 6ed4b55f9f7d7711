"""Reading many forms: one field of all drafts that wait, on one screen, to confirm at a glance.

Every decision goes the way that the review station's go. These routes stand before `/review/{number}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query
from fastapi.responses import Response
from pydantic import StringConstraints

from desk import phrases
from desk.glance import arranged, field_label, field_of, in_order, typed
from desk.web.live import Known, mark_of, news
from desk.web.routes.review import hand_of
from desk.web.visit import Awaiting, Filing, Visit
from records.abreast import Cell
from records.errors import DanganError, NoSuchDraft, Refused
from records.forms import Edition, Field
from records.values import key_of

routes = APIRouter()
_LONG_AGO = datetime.fromtimestamp(0, UTC)
SCREEN = 24
"""Readings on a screen."""
Key = Annotated[str, Path(pattern=r"^[A-Za-z0-9_.]{1,120}$")]
Named = Annotated[str, Path(max_length=80)]
Told = Annotated[list[Annotated[str, StringConstraints(max_length=400)]] | None, Form(max_length=4 * SCREEN)]


@dataclass(frozen=True)
class Group:
    """One field of the drafts that wait for a visitor."""

    visit: Visit
    edition: Edition
    key: str
    asked: Field

    @property
    def path(self) -> str:
        """Its address."""
        return f"/review/group/{self.edition.key}/{self.key}"

    @property
    def label(self) -> str:
        """What the field is called."""
        return field_label(self.edition, self.key)

    @property
    def cells(self) -> list[Cell]:
        """The readings that nobody has decided."""
        visit = self.visit
        return visit.store.abreast.cells(self.edition.key, self.key, visit.account.unit, hand_of(visit))

    def screen(self, skip: int, done: Done | None = None, **more: Any) -> Response:
        """A screenful, as a page or a part of one."""
        seen = arranged(self.edition, self.asked, self.cells)
        skip = skip if skip < len(seen) else 0
        page = "group-screen.html" if self.visit.wants_part else "group.html"
        return self.visit.page(
            page, group=self, seen=seen[skip : skip + SCREEN], count=len(seen), skip=skip, most=SCREEN,
            done=done, shown=int(self.visit.store.reviews.clock().timestamp()), **more,
        )  # fmt: skip


@dataclass
class Done:
    """What became of a screenful."""

    confirmed: list[str] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    @property
    def decided(self) -> list[str]:
        """What can be taken back."""
        return [*self.confirmed, *self.typed, *self.left]


def group_of(visit: Visit, edition: str, key: str) -> Group:
    """A field of an edition. Raises EditionError, DanganError (`no_such_page`)."""
    asked = field_of(visit.site.editions[edition], key)
    if asked is None:
        raise DanganError("no_such_page")
    return Group(visit, visit.site.editions[edition], key, asked)


@routes.get("/review/group")
def fields(visit: Filing) -> Response:
    """The fields of which readings wait, in the order of their forms."""
    return visit.page("group-fields.html", mark=_mark(visit), **_waiting(visit))


@routes.get("/review/group/waiting")
def fields_now(visit: Awaiting, known: Known = "") -> Response:
    """The same as it is now, for a page that knows how it was."""
    return news(visit, known, _mark(visit), "group-waiting.html", lambda: _waiting(visit))


def _mark(visit: Visit) -> str:
    return mark_of(visit, visit.store.reviews.mark(visit.account.unit, decided=True))


def _waiting(visit: Visit) -> dict[str, Any]:
    waiting = visit.store.abreast.waiting(visit.account.unit, hand_of(visit))
    numbers = {(one.edition, one.key): one for one in waiting}
    editions = [edition for edition in visit.site.editions if any(key[0] == edition.key for key in numbers)]
    lines = {
        edition.key: [
            (numbers[edition.key, key], field_label(edition, key))
            for key in in_order(edition, [one.key for one in waiting if one.edition == edition.key])
        ]
        for edition in editions
    }
    return {"editions": editions, "lines": lines, "count": sum(one.readings for one in waiting)}


@routes.get("/review/group/{edition}/{key}")
def screen(
    visit: Filing, edition: Named, key: Key, skip: Annotated[int, Query(ge=0, le=100_000)] = 0
) -> Response:
    """A screenful of a field."""
    group = group_of(visit, edition, key)
    visit.note("group_looked", "", f"{group.edition.title} · {group.label} · {skip + 1}")
    return group.screen(skip)


@routes.put("/review/group/{edition}/{key}")
def confirm(
    visit: Filing,
    edition: Named,
    key: Key,
    cell: Told = None,
    text: Told = None,
    wrong: Told = None,
    skip: Annotated[int, Form(ge=0)] = 0,
    shown: Annotated[int, Form(ge=0, le=10**11)] = 0,
) -> Response:
    """Keep a screenful: typed values, the rest as read; what is marked wrong is left to the review.

    The time since it was shown, or since the visitor last decided elsewhere, is work on all its drafts.
    """
    group = group_of(visit, edition, key)
    if len(cell or []) != len(text or []):
        raise DanganError("bad_request")
    since = max(
        datetime.fromtimestamp(shown, UTC), visit.store.reviews.last_sign(hand_of(visit)) or _LONG_AGO
    )
    done = _decided(group, list(zip(cell or [], text or [], strict=True)), frozenset(wrong or []))
    if done.decided:
        visit.store.reviews.share(sorted({int(name.partition(":")[0]) for name in done.decided}), since)
        cells = f"{' '.join(done.confirmed + done.typed)} · {' '.join(done.left)}"
        visit.note("group_confirmed", "", f"{group.edition.title} · {group.label} · {cells}")
    return group.screen(skip, done)


@routes.post("/review/group/{edition}/{key}/undo")
def undo(visit: Filing, edition: Named, key: Key, cell: Told = None) -> Response:
    """Take the last screenful back, as far as nobody has gone on with it."""
    group = group_of(visit, edition, key)
    undone = list(_undone(group, cell or []))
    visit.note("group_undone", "", f"{group.edition.title} · {group.label} · {' '.join(undone)}")
    return group.screen(0, undone=len(undone))


def _decided(group: Group, told: Sequence[tuple[str, str]], wrong: frozenset[str]) -> Done:
    """Every reading of a screen decided that still waits."""
    waiting = {f"{one.draft}:{one.path}": one for one in group.cells}
    open_here = _open_here(group, [one.draft for one in waiting.values()])
    done = Done()
    for name, text in told:
        try:
            _decide(group, waiting[name], text, name in wrong, done)
        except (KeyError, Refused):
            done.gone.append(name)
    for draft in {waiting[name].draft for name in done.decided} - open_here:
        group.visit.store.reviews.release(draft, hand_of(group.visit))
    return done


def _decide(group: Group, cell: Cell, text: str, is_wrong: bool, done: Done) -> None:
    """Raises Refused as `Reviews.decide` does."""
    reviews, hand, name = group.visit.store.reviews, hand_of(group.visit), f"{cell.draft}:{cell.path}"
    meant = typed(text, group.asked) if text.strip() else None
    if meant is not None and not meant.unread:
        reviews.decide(cell.draft, cell.path, meant.value, hand, timed=False)
        done.typed.append(name)
    elif meant is not None or is_wrong:
        kept = meant.unread if meant else _text(group, cell)
        reviews.decide(cell.draft, cell.path, None, hand, text=kept, timed=False)
        done.left.append(name)
    else:
        reviews.decide(cell.draft, cell.path, cell.reading.value, hand, timed=False)
        done.confirmed.append(name)


def _text(group: Group, cell: Cell) -> str:
    """What the review shows of a reading that was marked wrong."""
    [seen] = arranged(group.edition, group.asked, [cell])
    return seen.text or phrases.GROUP_UNREAD


def _open_here(group: Group, drafts: Sequence[int]) -> set[int]:
    """The drafts that the visitor has open in the review station."""
    hand = hand_of(group.visit)
    states = group.visit.store.reviews.states(list(dict.fromkeys(drafts)))
    return {draft for draft, one in states.items() if one.open_by is not None and one.open_by.is_same(hand)}


def _undone(group: Group, names: Sequence[str]) -> Iterator[str]:
    reviews, hand = group.visit.store.reviews, hand_of(group.visit)
    for name in names:
        number, _, path = name.partition(":")
        if not number.isdecimal() or field_of(group.edition, _key(path)) is not group.asked:
            continue
        try:
            draft = group.visit.draft_row(int(number)).number
            decided = reviews.decisions(draft).filing.get(path)
            if decided is None or decided.who != hand.name:
                continue
            open_here = _open_here(group, [draft])
            reviews.undecide(draft, path, hand)
        except (NoSuchDraft, Refused):
            continue
        if not open_here:
            reviews.release(draft, hand)
        yield name


def _key(path: str) -> str:
    try:
        return key_of(path)
    except ValueError:
        return ""
