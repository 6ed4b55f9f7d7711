"""`dangan review`: one settles a draft in the terminal and files it, another approves it into the store.

Doubtful fields come first, each with its reasons and other readings; then what
breaks a rule; then who. Every decision is kept at once, so that leaving loses none.
Filing and approving are the store's, as they are for the pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from desk import phrases, reviewing, screen, words
from desk.draft_sitting import (
    Left,
    Sitting,
    ask,
    ask_field,
    ask_fields,
    ask_findings,
    print_form,
    print_head,
)
from desk.reviewing import Queue, own_record, same_told
from desk.usage import HIGHEST, misuse
from desk.workplace import Workplace, open_workplace
from records.errors import Refused
from records.masking import mask
from records.reviews import Hand, Review, Stage

if TYPE_CHECKING:
    from records.archive import DraftRow, Record
    from records.store import Store


FORCE = "f"


def review(
    number: Annotated[
        int | None, typer.Argument(metavar=phrases.PLACE_DRAFT, help=phrases.REVIEW_DRAFT, min=1, max=HIGHEST)
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help=phrases.REVIEW_LIST)] = False,
    approve: Annotated[bool, typer.Option("--approve", help=phrases.REVIEW_APPROVE)] = False,
    send_back: Annotated[
        str | None,
        typer.Option("--send-back", metavar=phrases.PLACE_GROUND_WHY, help=phrases.REVIEW_SEND_BACK),
    ] = None,
    drop: Annotated[
        str | None, typer.Option("--drop", metavar=phrases.PLACE_GROUND_WHY, help=phrases.REVIEW_DROP)
    ] = None,
    who: Annotated[str, typer.Option("--who", metavar=phrases.PLACE_PERSON, help=phrases.WHO)] = "",
) -> int:
    """Settle one draft, or all that wait, oldest first; or approve what another has filed."""
    if sum((listing, approve, send_back is not None, drop is not None)) > 1:
        raise misuse(phrases.REVIEW_TELLS_APART)
    if drop is not None and (number is None or not drop.strip()):
        raise misuse(phrases.REVIEW_DROP_NEEDS)
    if send_back is not None and number is None:
        raise misuse(phrases.REVIEW_SEND_BACK_NEEDS)
    place = open_workplace()
    with place.store() as store:
        if listing:
            _print_waiting(store)
        elif drop is not None and number is not None:
            _require_open(store, number)
            store.drop(number, who or place.settings.user, drop)
            screen.tell(phrases.REVIEW_DROPPED.format(number=number))
        elif send_back is not None and number is not None:
            _send_back(store, number, _hand(place, who), send_back)
        elif approve:
            _approve_drafts(place, store, number, who)
        else:
            _file_drafts(place, store, number, who)
    return words.OK


def review_drafts(place: Workplace, store: Store, numbers: list[int], who: str) -> None:
    """Let a clerk settle these drafts, one after the other; leaving keeps what was decided."""
    _each(numbers, lambda number: _file_one(place, store, number, who))


def file_draft(
    place: Workplace, store: Store, number: int, hand: Hand, why: str = "", force: bool = False
) -> Record | None:
    """Everything is settled: the draft waits for somebody else, or is a record where one person is enough.

    Raises as `Reviews.file` does.
    """
    edition, two = place.editions[store.draft_row(number).edition], place.settings.two_people
    return store.reviews.file(number, edition, hand, why, force=force, two_people=two)


def tell_filed(number: int, hand: Hand, record: Record | None) -> None:
    """What filing came to."""
    if record is not None:
        screen.tell(phrases.REVIEW_STORED.format(number=number, record=record.number), "green")
    else:
        screen.tell(phrases.REVIEW_FILED.format(number=number, who=hand.name), "green")


def refuse_filed(store: Store, number: int) -> None:
    """Raises Refused (`draft_filed`) when a draft waits for approval."""
    filed = store.reviews.review(number).filed_by
    if filed is not None:
        raise Refused("draft_filed", number=number, who=filed.name)


def _hand(place: Workplace, who: str) -> Hand:
    """Who somebody at a terminal is: a name."""
    return Hand(who or place.settings.user)


def _queue(store: Store, hand: Hand) -> Queue:
    """What waits for whom; whoever reaches the terminal may approve what another has filed."""
    return reviewing.queue(store.drafts(), store.reviews.states(), hand, approves=True)


def _require_open(store: Store, number: int) -> None:
    """Raises Refused when the draft was dropped or has become a record."""
    for row in store.drafts(open_only=False):
        if row.number == number and row.record is not None:
            raise Refused("draft_settled", number=number, record=row.record)
        if row.number == number and row.closed is not None:
            raise Refused("draft_dropped", number=number)


def _each(numbers: list[int], step: Callable[[int], None]) -> None:
    try:
        for number in numbers:
            step(number)
    except (Left, EOFError):
        screen.say(phrases.REVIEW_LEFT)


@contextmanager
def _sitting(place: Workplace, store: Store, number: int, who: str) -> Iterator[Sitting]:
    """A draft before somebody, who has it open until the end. Raises Refused (`draft_claimed`)."""
    draft, hand = store.draft(number), _hand(place, who)
    review = store.reviews.claim(number, hand)
    try:
        yield Sitting(number, draft, place.editions[draft.edition], store.reviews, hand, review)
    finally:
        store.reviews.release(number, hand)


# --- filing


def _file_drafts(place: Workplace, store: Store, number: int | None, who: str) -> None:
    queue = _queue(store, _hand(place, who))
    found = [one.row.number for one in (*queue.sent_back, *queue.to_file)] if number is None else [number]
    if not found:
        screen.say(phrases.REVIEW_NONE)
    review_drafts(place, store, found, who)
    if number is None:
        _tell_others(_queue(store, _hand(place, who)), _hand(place, who))


def _tell_others(queue: Queue, hand: Hand) -> None:
    if queue.to_approve:
        screen.say(phrases.REVIEW_TO_APPROVE.format(count=len(queue.to_approve)))
    if queue.own:
        screen.say(phrases.REVIEW_OWN.format(count=len(queue.own), who=hand.name))


def _file_one(place: Workplace, store: Store, number: int, who: str) -> None:
    _require_open(store, number)
    refuse_filed(store, number)
    with _sitting(place, store, number, who) as sitting:
        print_head(sitting)
        ask_fields(sitting, sitting.form.open)
        left = len(sitting.form.open)
        if left:
            screen.say(phrases.REVIEW_SKIPPED.format(count=left), "yellow")
            return
        why = ask_findings(sitting)
        _file(place, store, sitting, why, who or _ask_who(place))


def _file(place: Workplace, store: Store, sitting: Sitting, why: str, who: str) -> None:
    for same in store.same_person(sitting.form.values, own_record(sitting.draft)):
        screen.say(same_told(sitting.edition, same), "yellow")
    number, hand = sitting.number, Hand(who)
    if not hand.is_same(sitting.hand):
        store.reviews.release(number, sitting.hand)  # another one files than had it open
    try:
        record = file_draft(place, store, number, hand, why)
    except Refused as error:
        screen.complain(error)
        if error.code != "same_worker" or ask(phrases.REVIEW_FORCE_PROMPT) != FORCE:
            screen.say(phrases.REVIEW_KEPT.format(number=number))
            return
        record = file_draft(place, store, number, hand, why, force=True)
    tell_filed(number, hand, record)


def _ask_who(place: Workplace) -> str:
    return ask(phrases.REVIEW_WHO.format(user=place.settings.user)) or place.settings.user


# --- approving


def _approve_drafts(place: Workplace, store: Store, number: int | None, who: str) -> None:
    hand = _hand(place, who)
    queue = _queue(store, hand)
    found = [one.row.number for one in queue.to_approve] if number is None else [number]
    if not found:
        screen.say(phrases.REVIEW_NONE_TO_APPROVE.format(who=hand.name))
        _tell_others(queue, hand)
    _each(found, lambda one: _approve_one(place, store, one, who))


def _approve_one(place: Workplace, store: Store, number: int, who: str) -> None:
    _require_open(store, number)
    _require_other(store.reviews.review(number), _hand(place, who))
    with _sitting(place, store, number, who) as sitting:
        filed = sitting.review
        print_head(sitting)
        print_form(sitting)
        if filed.filed_by is not None and filed.filed_at is not None:
            when = filed.filed_at.astimezone().strftime("%Y-%m-%d %H:%M")
            told = {"filed": filed.filed_by.name, "when": when, "who": sitting.hand.name}
            screen.tell(phrases.REVIEW_FILED_BY.format(**told))
        ask_fields(sitting, sitting.form.to_look_at)
        why = ask_findings(sitting)
        _conclude(store, sitting, why)


def _require_other(review: Review, hand: Hand) -> None:
    """Raises Refused when there is nothing to approve, or whoever filed it would."""
    if review.filed_by is None:
        raise Refused("draft_not_filed", number=review.draft)
    if review.filed_by.is_same(hand):
        raise Refused("same_two_people", who=hand.name)


def _conclude(store: Store, sitting: Sitting, why: str) -> None:
    """Approve, mend another field first, or send back with a reason."""
    labels = {words.label(sitting.edition, path): path for path in sitting.form.values}
    while answer := ask(phrases.REVIEW_APPROVE_PROMPT):
        if answer.startswith(phrases.REVIEW_BACK):
            ground = answer.removeprefix(phrases.REVIEW_BACK).strip("：: ，,")
            if ground:
                _send_back(store, sitting.number, sitting.hand, ground)
                return
        elif answer in labels:
            ask_field(sitting, labels[answer])
    seen = sitting.review.filed_at
    record = store.reviews.approve(sitting.number, sitting.edition, sitting.hand, why, seen=seen)
    screen.tell(phrases.REVIEW_APPROVED.format(number=sitting.number, record=record.number), "green")


def _send_back(store: Store, number: int, hand: Hand, why: str) -> None:
    """To the clerk who filed it. Raises Refused as `Reviews.send_back` does."""
    filed = store.reviews.review(number).filed_by
    store.reviews.send_back(number, hand, why)
    if filed is not None and filed.is_same(hand):
        screen.tell(phrases.REVIEW_TAKEN_BACK.format(number=number))
    else:
        screen.tell(phrases.REVIEW_SENT.format(number=number, who=filed.name if filed else ""))


# --- listing


def _print_waiting(store: Store) -> None:
    states = store.reviews.states()
    heads = (
        phrases.DRAFT,
        phrases.NAME,
        phrases.EDITION,
        phrases.FILE,
        phrases.DOUBTFUL_COUNT,
        phrases.STATE,
    )
    lines = (
        (str(row.number), row.name, row.edition, _whence(row), str(row.doubtful), _stage(states[row.number]))
        for row in store.drafts()
        if row.number in states
    )
    screen.out().print(screen.rows("", heads, lines))


def _stage(review: Review) -> str:
    if review.stage is Stage.FILED and review.filed_by is not None:
        return phrases.REVIEW_WAITS_APPROVAL.format(who=review.filed_by.name)
    if review.stage is Stage.SENT_BACK:
        return phrases.REVIEW_IS_BACK.format(who=review.sent_back_by, why=review.sent_back_why)
    return phrases.REVIEW_WAITS


def _whence(row: DraftRow) -> str:
    """The file of a draft, or the record that it was carried over from."""
    return phrases.CARRIED_FROM.format(number=row.forerunner) if row.forerunner else mask(row.file)
