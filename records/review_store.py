"""The reviews of a store: decisions and steps come in, each in one transaction; states and records go out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from records import rows, wire
from records.archive import Event, Record
from records.database import Database
from records.drafts import Draft
from records.editions import Edition
from records.errors import NoSuchDraft, NotSettled, Refused
from records.reviews import CLAIMED, PAUSE, SCREENFUL, Decided, Decisions, Hand, Pace, Review, Stage
from records.settling import Decision, in_order, settle
from records.tables import Drafts
from records.tables import ReviewDecisions as Line
from records.tables import Reviews as Row
from records.values import Value, Values
from records.waiting import open_draft, whole_draft

if TYPE_CHECKING:
    from records.store import Store


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Reviews:
    """The reviews in a store; every method raises StoreBusy, DiskFull or StoreError as need be.

    Whatever names a draft raises NoSuchDraft, and Refused (`draft_closed`) when it has left.
    """

    database: Database
    store: Store = field(repr=False)
    clock: Callable[[], datetime] = field(default=_now)

    # --- looking

    def review(self, draft: int) -> Review:
        """Where a draft stands."""
        known = self.states([draft])
        if draft not in known:
            raise NoSuchDraft(number=draft)
        return known[draft]

    def states(self, drafts: Sequence[int] | None = None) -> dict[int, Review]:
        """Where these drafts stand, or all that are open."""
        wanted = select(Drafts.number, Row).outerjoin(Row, Row.draft == Drafts.number)
        wanted = wanted.where(Drafts.closed_at.is_(None) if drafts is None else Drafts.number.in_(drafts))
        now = self.clock()
        with self.database.reading() as session:
            found = session.execute(wanted.order_by(Drafts.number)).all()
            return {number: _review(number, row, now) for number, row in found}

    def mark(self, unit: str = "", *, decided: bool = False) -> str:
        """What changes with every step on the drafts that wait; `decided`: with every decision as well.

        It is cheap to ask, however many wait; whoever has seen all that belongs to it need not look again.
        """
        here = Drafts.closed_at.is_(None), *([Drafts.unit == unit] if unit else [])
        stages = (
            select(
                Row.stage,
                func.count(),
                func.sum(Drafts.number),
                func.max(Row.filed_at),
                func.max(Row.sent_back_at),
                func.max(Row.skipped_at),
            )
            .select_from(Drafts)
            .outerjoin(Row, Row.draft == Drafts.number)
            .where(*here)
            .group_by(Row.stage)
            .order_by(Row.stage)
        )
        held = select(Row.draft, Row.claimed_by).join(Drafts, Drafts.number == Row.draft)
        held = held.where(*here, Row.claimed_until > self.clock()).order_by(Row.draft)
        lines = select(func.count(), func.max(Line.at)).join(Drafts, Drafts.number == Line.draft)
        asked = (stages, held, lines.where(*here)) if decided else (stages, held)
        with self.database.reading() as session:
            return repr([[tuple(row) for row in session.execute(one)] for one in asked])

    def decisions(self, draft: int) -> Decisions:
        """The decisions on a draft."""
        return self.decisions_of([draft])[draft]

    def decisions_of(self, drafts: Sequence[int]) -> dict[int, Decisions]:
        """The decisions on these drafts."""
        with self.database.reading() as session:
            return {number: _decisions(session, number) for number in drafts}

    def paces(self) -> list[Pace]:
        """How the reviews of all drafts that were filed went, oldest first."""
        wanted = select(Row, Drafts.edition, Drafts.unit).join(Drafts, Drafts.number == Row.draft)
        with self.database.reading() as session:
            found = session.execute(wanted.where(Row.filed_at.is_not(None)).order_by(Row.filed_at)).all()
            return [pace_of(row, edition, unit) for row, edition, unit in found]

    # --- deciding

    def decide(
        self,
        draft: int,
        path: str,
        value: Value,
        hand: Hand,
        why: str = "",
        text: str = "",
        *,
        timed: bool = True,
    ) -> Review:
        """Keep a decision, be it the value as read; `text` keeps words that mean no value.

        One of many that were taken at one glance is not `timed`: `share` counts the time of all of them.
        On a draft that was filed it is a correction. Raises Refused: `draft_claimed` (fact: who)
        while somebody else has the draft open, `draft_filed` for whoever filed it, `unknown_path`.
        """
        with self.database.writing() as session:
            row = self._working(session, draft, hand, timed)
            self._keep(session, row, Decision(path, value, why), hand, text)
            return _review(draft, row, self.clock())

    def decide_all(self, draft: int, values: Mapping[str, Value], hand: Hand) -> Review:
        """Keep what stands at several paths, as in a row of a table, all of it or nothing.

        Raises as `decide` does.
        """
        with self.database.writing() as session:
            row = self._working(session, draft, hand)
            for path, value in values.items():
                self._keep(session, row, Decision(path, value), hand)
            return _review(draft, row, self.clock())

    def last_sign(self, hand: Hand) -> datetime | None:
        """When somebody last worked on a draft that still waits, or did until a moment ago."""
        with self.database.reading() as session:
            return _last_sign(session, hand, self.clock())

    def share(self, drafts: Sequence[int], since: datetime) -> None:
        """The time since a screen of many drafts was shown is work on those decided there, in equal parts."""
        spent = self.clock() - since
        if not drafts or not timedelta(0) < spent <= SCREENFUL:
            return
        each, left = divmod(round(spent.total_seconds()), len(drafts))
        with self.database.writing() as session:
            for place, draft in enumerate(drafts):
                row = session.get(Row, draft)
                if row is not None and row.stage != Stage.FILED:
                    row.seconds += each + (place < left)

    def undecide(self, draft: int, path: str, hand: Hand) -> Review:
        """A decision is taken back. Raises as `decide` does."""
        with self.database.writing() as session:
            row = self._working(session, draft, hand)
            session.execute(
                delete(Line).where(
                    Line.draft == draft, Line.path == path, Line.corrected == (row.stage == Stage.FILED)
                )
            )
            return _review(draft, row, self.clock())

    def claim(self, draft: int, hand: Hand, *, force: bool = False) -> Review:
        """Somebody has the draft open, from now until a while after the last sign of work.

        Raises Refused (`draft_claimed`, fact: who) while somebody else has, unless by `force`.
        """
        with self.database.writing() as session:
            row = self._row(session, draft)
            if not force:
                self._refuse_others(row, hand)
            self._hold(row, hand)
            return _review(draft, row, self.clock())

    def release(self, draft: int, hand: Hand) -> None:
        """Somebody closed the draft, whatever became of it."""
        with self.database.writing() as session:
            row = session.get(Row, draft)
            if row is not None and row.claimed_by is not None and hand.is_same(_claimer(row)):
                row.claimed_until = None

    # --- steps

    def file(
        self,
        draft: int,
        edition: Edition,
        hand: Hand,
        override_why: str = "",
        *,
        force: bool = False,
        two_people: bool = True,
    ) -> Record | None:
        """Everything is settled: the draft waits for somebody else, or is stored when `two_people` is false.

        Raises NotSettled, and Refused as `Store.settle` does, `draft_claimed`, and `draft_filed` when it was.
        """
        with self.database.writing() as session:
            row = self._working(session, draft, hand)
            if row.stage == Stage.FILED:
                raise Refused("draft_filed", number=draft, who=row.filed_by or "")
            decisions = self._settled(session, draft, edition, override_why)
            if not force:
                self.store.check_worker_in(session, draft, decisions.filed, edition, override_why)
            self._note_filing(session, row, hand, decisions)
            row.override_why, row.forced = override_why.strip(), force
            if two_people:
                row.stage, row.claimed_until = Stage.FILED, None
                return None
            return self.store.settle_in(
                session, draft, decisions.filed, edition, hand.name, self.clock(), override_why, force
            )

    def send_back(self, draft: int, hand: Hand, why: str) -> None:
        """A draft that was filed waits for a clerk again, who is told why; corrections are let go.

        Whoever filed it may take it back without a reason, while nobody else has it open.
        Raises Refused: `draft_not_filed`, `draft_claimed`, `why_wanted`.
        """
        with self.database.writing() as session:
            row = self._filed(session, draft)
            self._refuse_others(row, hand)
            own = hand.is_same(_filer(row))
            if not own and not why.strip():
                raise Refused("why_wanted")
            row.stage = Stage.WAITING if own else Stage.SENT_BACK
            row.sent_back += 0 if own else 1
            row.sent_back_by, row.sent_back_why = ("", "") if own else (hand.name, why.strip())
            row.sent_back_at = None if own else self.clock()
            row.claimed_until = None
            session.execute(delete(Line).where(Line.draft == draft, Line.corrected))

    def approve(
        self,
        draft: int,
        edition: Edition,
        hand: Hand,
        override_why: str = "",
        *,
        force: bool = False,
        seen: datetime | None = None,
    ) -> Record:
        """A draft that was filed becomes a record, with what whoever approves has corrected.

        `seen` is when that was filed which they looked at: it may have been taken back, changed and filed
        again since. History tells who filed, who corrected and who approved. Raises Refused:
        `draft_not_filed`, `filed_anew`, `same_two_people` for whoever filed it, and as `Store.settle` does.
        """
        with self.database.writing() as session:
            row = self._filed(session, draft)
            if hand.is_same(_filer(row)):
                raise Refused("same_two_people", who=hand.name)
            if seen not in (None, row.filed_at):
                raise Refused("filed_anew", number=draft, who=row.filed_by or "")
            self._refuse_others(row, hand)
            why, force = override_why or row.override_why, force or row.forced
            decisions = self._settled(session, draft, edition, why)
            whole = whole_draft(session, draft)
            final = self._final(session, whole, settle(whole, decisions.all, edition, why).values, edition)
            filed_at, now = row.filed_at or self.clock(), self.clock()
            record = self.store.settle_in(
                session, draft, decisions.filed, edition, row.filed_by or "", filed_at, why, force
            )
            if dict(record.values) != dict(final):
                record = self.store.save_in(
                    session, record, edition, final, hand.name, "corrected", now, why, force
                )
            row.corrected = _corrected(whole, decisions)
            row.approved_by, row.approved_account, row.approved_at = hand.name, hand.account, now
            approved = Event(now, hand.name, record.revision, "", None, None, "approved", whole_sha256(whole))
            rows.add_events(session, record.number, [approved])
            return record

    def skip(self, draft: int, hand: Hand, why: str = "") -> None:
        """A draft is passed by for now; it goes behind the others."""
        with self.database.writing() as session:
            row = self._row(session, draft)
            self._refuse_others(row, hand)
            row.skipped_at, row.skipped_why, row.claimed_until = self.clock(), why.strip(), None

    def take_over(self, folder: Path) -> None:
        """Decisions that older programs kept in files come into the store, and the files go."""
        for file in sorted(folder.glob("draft-*.json")):
            number = file.stem.removeprefix("draft-")
            if number.isdecimal():
                self._take_over(int(number), _told_in(file))
                file.unlink(missing_ok=True)

    # --- steps inside a transaction

    def _keep(self, session: Session, row: Row, decision: Decision, hand: Hand, text: str = "") -> None:
        edition, path = self.store.editions[whole_draft(session, row.draft).edition], decision.path
        is_field = edition.has(path) and not edition.field(path).is_rows
        if not is_field and not edition.has(f"{path}.{_first_column(edition, path)}"):
            raise Refused("unknown_path", what=path, edition=edition.key)
        corrected, now = row.stage == Stage.FILED, self.clock()
        decided = Decided(path, decision.value, hand.name, now, decision.why, text, corrected)
        session.merge(_line(row.draft, decided))

    def _take_over(self, draft: int, told: Iterable[tuple[str, Value, str]]) -> None:
        with self.database.writing() as session:
            found = rows.draft_row(session, draft)
            if found is None or found.closed is not None or _decisions(session, draft).filing:
                return
            for path, value, why in told:
                session.add(_line(draft, Decided(path, value, "", self.clock(), why)))

    def _row(self, session: Session, draft: int) -> Row:
        """The row of an open draft's review, made when there is none."""
        open_draft(session, draft)
        found = session.get(Row, draft)
        if found is None:
            found = Row(draft=draft, stage=Stage.WAITING, opened_at=self.clock(), touched_at=self.clock())
            session.add(found)
            session.flush()
        return found

    def _working(self, session: Session, draft: int, hand: Hand, timed: bool = True) -> Row:
        """The row of a draft on which somebody may work, who thereby holds it."""
        row = self._row(session, draft)
        self._refuse_others(row, hand)
        if row.stage == Stage.FILED and hand.is_same(_filer(row)):
            raise Refused("draft_filed", number=draft, who=row.filed_by or "")
        self._touch(session, row, hand, timed)
        return row

    def _filed(self, session: Session, draft: int) -> Row:
        row = self._row(session, draft)
        if row.stage != Stage.FILED:
            raise Refused("draft_not_filed", number=draft)
        return row

    def _refuse_others(self, row: Row, hand: Hand) -> None:
        held = row.claimed_until is not None and row.claimed_until > self.clock()
        if held and not hand.is_same(_claimer(row)):
            raise Refused("draft_claimed", number=row.draft, who=row.claimed_by or "")

    def _touch(self, session: Session, row: Row, hand: Hand, timed: bool) -> None:
        """Renew the claim, and count the time since the last sign of the same person's work.

        That sign may have been on another draft: a moment counts once, for the draft on which it ends,
        however many drafts somebody has open. Longer than PAUSE it was no work; on a draft that waits for
        approval it is none that filing took. What is not `timed` is counted by `share`.
        """
        self._hold(row, hand)
        gap = self.clock() - max(row.touched_at, _last_sign(session, hand, self.clock()) or row.touched_at)
        if timed and row.stage != Stage.FILED and gap <= PAUSE:
            row.seconds += round(gap.total_seconds())
        row.touched_at = self.clock()

    def _hold(self, row: Row, hand: Hand) -> None:
        """Renew the claim, or begin it: then what was before is nobody's work on it."""
        now = self.clock()
        if row.claimed_until is None or row.claimed_until < now or not hand.is_same(_claimer(row)):
            row.touched_at = now
        row.claimed_by, row.claimed_account, row.claimed_until = hand.name, hand.account, now + CLAIMED

    def _settled(self, session: Session, draft: int, edition: Edition, why: str) -> Decisions:
        """The decisions on a draft, when they settle it. Raises NotSettled, Refused."""
        decisions = _decisions(session, draft)
        if decisions.unread:
            raise NotSettled(fields=",".join(decisions.unread))
        settle(whole_draft(session, draft), decisions.all, edition, why)
        return decisions

    def _note_filing(self, session: Session, row: Row, hand: Hand, decisions: Decisions) -> None:
        whole = whole_draft(session, row.draft)
        row.filed_by, row.filed_account, row.filed_at = hand.name, hand.account, self.clock()
        row.doubts = len(whole.doubtful)
        row.changed = sum(whole.values.get(one.path) != one.value for one in decisions.filed)

    def _final(self, session: Session, draft: Draft, settled: Values, edition: Edition) -> Values:
        """The values that a record has in the end; a sheet that came back does not tell all of them."""
        if draft.record is None:
            return settled
        [old] = rows.records(session, [draft.record])
        kept = {path: value for path, value in old.values.items() if path not in draft.readings}
        return in_order(edition, kept | dict(settled))


def whole_sha256(draft: Draft) -> str | None:
    """The paper behind a draft."""
    return draft.origin.sha256 if draft.origin else None


def refuse_filed(session: Session, draft: int) -> None:
    """Raises Refused (`draft_filed`) for a draft that waits for approval."""
    row = session.get(Row, draft)
    if row is not None and row.stage == Stage.FILED:
        raise Refused("draft_filed", number=draft, who=row.filed_by or "")


def forget(session: Session, draft: int) -> None:
    """The draft has left: its decisions stand in the record's history, or nowhere."""
    session.execute(delete(Line).where(Line.draft == draft))


def _line(draft: int, decided: Decided) -> Line:
    return Line(
        draft=draft,
        path=decided.path,
        corrected=decided.corrected,
        value_json=wire.value_to_json(decided.value),
        text=decided.text,
        why=decided.why,
        who=decided.who,
        at=decided.at,
    )


def _decisions(session: Session, draft: int) -> Decisions:
    found = session.scalars(select(Line).where(Line.draft == draft).order_by(Line.at, Line.path))
    return Decisions.of(
        Decided(line.path, wire.value_from_json(line.value_json), line.who, line.at, line.why, line.text,
                line.corrected)
        for line in found
    )  # fmt: skip


def _corrected(draft: Draft, decisions: Decisions) -> int:
    """How many values whoever approved wants otherwise than they were filed."""
    filed = draft.values | {path: one.value for path, one in decisions.filing.items()}
    return sum(filed.get(path) != one.value for path, one in decisions.correcting.items())


def _last_sign(session: Session, hand: Hand, now: datetime) -> datetime | None:
    """What was settled earlier than work may last without a sign tells nothing any more."""
    same = Row.claimed_by == hand.name
    mine = same if hand.account is None else or_(same, Row.claimed_account == hand.account)
    signs = select(func.max(Row.touched_at)).join(Drafts, Drafts.number == Row.draft)
    lately = or_(Drafts.closed_at.is_(None), Drafts.closed_at > now - SCREENFUL)
    return session.scalar(signs.where(lately, mine))


def _first_column(edition: Edition, path: str) -> str:
    """A column of the table of which a path is a row; empty of any other path."""
    tables = [asked for asked in edition.tables if path.startswith(f"{asked.key}.")]
    return tables[0].fields[0].key if tables else ""


def _told_in(file: Path) -> list[tuple[str, Value, str]]:
    """The decisions of a file of older programs; none when it is broken."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return [(path, wire.value_from_json(value), why) for path, value, why in told]
    except (OSError, ValueError, TypeError, KeyError):
        return []


def _claimer(row: Row) -> Hand:
    return Hand(row.claimed_by or "", row.claimed_account)


def _filer(row: Row) -> Hand:
    return Hand(row.filed_by or "", row.filed_account)


def _review(draft: int, row: Row | None, now: datetime) -> Review:
    if row is None:
        return Review(draft)
    held = row.claimed_until is not None and row.claimed_until > now
    filed = row.stage == Stage.FILED
    return Review(
        draft,
        Stage(row.stage),
        _claimer(row) if held else None,
        _filer(row) if filed else None,
        row.filed_at if filed else None,
        row.override_why if filed else "",
        row.forced if filed else False,
        row.sent_back_by,
        row.sent_back_why,
        row.sent_back_at,
        row.skipped_at,
        row.skipped_why,
    )


def pace_of(row: Row, edition: str, unit: str) -> Pace:
    """How the review of a draft that was filed went."""
    return Pace(
        row.draft,
        edition,
        unit,
        row.filed_by or "",
        row.opened_at,
        row.filed_at or row.opened_at,
        row.seconds,
        row.doubts,
        row.changed,
        row.corrected,
        row.sent_back,
        row.approved_by or "",
        row.approved_at,
    )
