"""`dangan carry-over`: a record goes over to another edition, field by field accounted for.

What cannot be decided becomes a draft for a clerk, settled at once in the
terminal, by answers given in a file, or later by `dangan review`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desk import carried_told, phrases, screen, words
from desk.answers import read_answers
from desk.commands.review import file_draft, refuse_filed, review_drafts, tell_filed
from desk.contract import misfit_line
from desk.exchange import Misfits
from desk.usage import RecordNumber
from desk.workplace import Workplace, open_workplace
from records.carry_over import carry_record
from records.errors import NotSettled, Refused
from records.masking import mask
from records.reviews import Hand
from records.settling import Decision

if TYPE_CHECKING:
    from records.archive import Record
    from records.store import Store


def carry_over(
    number: RecordNumber,
    to: Annotated[str, typer.Option("--to", metavar=phrases.PLACE_EDITION, help=phrases.CARRY_TO)],
    answers: Annotated[
        Path | None, typer.Option("--answers", metavar=phrases.PLACE_FILE, help=phrases.CARRY_ANSWERS)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=phrases.AS_JSON)] = False,
    who: Annotated[str, typer.Option("--who", metavar=phrases.PLACE_PERSON, help=phrases.WHO)] = "",
    force: Annotated[bool, typer.Option("--force", help=phrases.CARRY_FORCE)] = False,
    override: Annotated[
        str, typer.Option("--override", metavar=phrases.PLACE_GROUND_WHY, help=phrases.CARRY_OVERRIDE)
    ] = "",
) -> int:
    """Carry one record over, tell what became of it, and have settled what is open."""
    place = open_workplace()
    new = place.editions[to]
    with place.store() as store:
        record = store.record(number)
        old = place.editions[record.edition]
        carried = carry_record(record, old, new)
        try:
            decisions = None if answers is None else read_answers(answers, new)
        except Misfits as error:
            return _tell_misfits(error)
        draft = store.carry(carried.draft)
        if not as_json:
            carried_told.tell(carried, old, record.values, new)
        stored, filed, by = None, False, Hand(who or place.settings.user)
        if decisions is not None:
            filed, stored = _settle(place, store, draft, decisions, by, override, force)
        if as_json:
            told = {
                "record": number,
                "draft": draft,
                "stored": stored.number if stored else None,
                "filed": filed,
            }
            screen.print_json(told | carried_told.as_json(carried, old, record.values, new))
        elif stored is not None:
            screen.tell(phrases.CARRY_STORED.format(record=stored.number, number=number), "green")
        elif filed:
            tell_filed(draft, by, None)
        elif decisions is None and at_a_terminal():
            review_drafts(place, store, [draft], who)
        else:
            screen.tell(phrases.CARRY_WAITS.format(draft=draft))
    return words.OK if filed or decisions is None else words.FAILED


def at_a_terminal() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin.isatty()


def _tell_misfits(error: Misfits) -> int:
    """Say of every answer where it does not fit."""
    screen.say(words.error(error, error.edition), "red")
    for misfit in error.misfits:
        screen.say(mask(misfit_line(misfit, error.edition)["message"]), "red")
    return words.FAILED


def _settle(
    place: Workplace,
    store: Store,
    draft: int,
    answered: Iterable[Decision],
    hand: Hand,
    override: str,
    force: bool,
) -> tuple[bool, Record | None]:
    """Whether the answers settle everything, and the record where one person is enough.

    Else they are kept for the review of the draft.
    """
    try:
        refuse_filed(store, draft)
        for one in answered:
            store.reviews.decide(draft, one.path, one.value, hand, one.why)
        return True, file_draft(place, store, draft, hand, override, force)
    except (NotSettled, Refused) as error:
        screen.say(words.error(error, place.editions[store.draft_row(draft).edition]), "red")
        return False, None
    finally:
        store.reviews.release(draft, hand)
