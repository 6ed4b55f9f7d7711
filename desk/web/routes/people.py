"""People: who works here, what each may see, and the clicks that show what is hidden."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi import Path as PathParameter
from fastapi.responses import Response

from desk import phrases, words
from desk.web import masks
from desk.web.asked import Number
from desk.web.routes.door import keep_cookie, proved
from desk.web.visit import COOKIE, OWN_PAGE, OWN_PASSWORD, Here, Managing, Unmasking, Visit, address_of
from records.account_store import LONGEST_TOKEN, session_key
from records.accounts import Account, Role
from records.errors import NoSuchCase, NoSuchRecord, Refused
from records.passwords import given_password

routes = APIRouter()
Word = Annotated[str, Form(max_length=200)]
As = Annotated[Role, Form()]
Given = tuple[Account, str] | None
"""An account with the password that an administrator hands over."""


# --- what is hidden


@routes.post("/records/{number}/unmask")
def unmask(visit: Unmasking, number: Number, path: Word) -> Response:
    """A private value of a record, and a line in the log. Raises NoSuchRecord; Refused (`no_such_field`)."""
    record = visit.record(number)
    edition = visit.site.editions[record.edition]
    try:
        one = masks.seen(visit, record, edition, path, unmasked=True)
    except KeyError:
        raise Refused("no_such_field", field=path) from None
    visit.note("unmasked", f"record:{number}", one.label)
    return visit.page("unmasked.html", one=one)


@routes.post("/cases/{number}/unmask")
def unmask_in_case(visit: Unmasking, number: Number, path: Word) -> Response:
    """A private value of a case, and a line in the log. Raises NoSuchCase; Refused (`no_such_field`)."""
    case = visit.store.medical.case(number)
    try:
        edition = visit.site.editions[visit.record(case.record).edition]
        one = masks.seen_of_case(visit, case, edition, path, unmasked=True)
    except NoSuchRecord:
        raise NoSuchCase(number=number) from None
    except KeyError:
        raise Refused("no_such_field", field=path) from None
    visit.note("unmasked", f"case:{number}", one.label)
    return visit.page("unmasked.html", one=one)


# --- accounts


@routes.get("/people")
def people(visit: Managing) -> Response:
    """Everybody who may sign in."""
    return _people(visit)


@routes.post("/people")
def add(visit: Managing, name: Word, shown: Word, role: As, unit: Word = "") -> Response:
    """A new account with a password that is told this once, to be changed. Raises Refused."""
    password = given_password()
    account = visit.store.accounts.add(name, shown, role, password, unit, must_change=True)
    _note(visit, "account_added", account, words.ROLES[role], account.unit)
    return _people(visit, given=(account, password))


@routes.get("/people/{number}")
def person(visit: Managing, number: Number) -> Response:
    """One account, to be changed. Raises Refused (`no_such_account`)."""
    return _person(visit, visit.store.accounts.account(number))


@routes.post("/people/{number}")
def change(visit: Managing, number: Number, shown: Word, role: As, unit: Word = "") -> Response:
    """What an account is. Raises Refused."""
    before = visit.store.accounts.account(number)
    after = visit.store.accounts.change(number, shown, role, unit)
    _note(visit, "account_changed", after, *_differences(before, after))
    return visit.go("/sign-in") if number == visit.account.number else _person(visit, after, "changed")


@routes.post("/people/{number}/close")
def close(visit: Managing, number: Number) -> Response:
    """Nobody signs in with the account any more. Raises Refused (`last_administrator`, …)."""
    account = visit.store.accounts.close(number)
    _note(visit, "account_closed", account)
    return visit.go("/sign-in") if number == visit.account.number else _person(visit, account, "closed")


@routes.post("/people/{number}/reopen")
def reopen(visit: Managing, number: Number) -> Response:
    """A closed account is open again. Raises Refused (`no_such_account`)."""
    account = visit.store.accounts.reopen(number)
    _note(visit, "account_reopened", account)
    return _person(visit, account, "reopened")


@routes.post("/people/{number}/unlock")
def unlock(visit: Managing, number: Number) -> Response:
    """After wrong passwords the account may try again. Raises Refused (`no_such_account`)."""
    account = visit.store.accounts.unlock(number)
    _note(visit, "account_unlocked", account)
    return _person(visit, account, "unlocked")


@routes.post("/people/{number}/password")
def reset_password(visit: Managing, number: Number) -> Response:
    """A password that is told this once, to be changed. Raises Refused (`own_password`, …)."""
    if number == visit.account.number:
        raise Refused("own_password")
    password = visit.store.accounts.reset_password(number)
    account = visit.store.accounts.account(number)
    _note(visit, "password_reset", account)
    return _person(visit, account, given=(account, password))


def _people(visit: Visit, given: Given = None) -> Response:
    accounts = visit.store.accounts.every()
    return visit.page("people.html", accounts=accounts, given=given, units=_units(accounts), now=_now())


def _person(visit: Visit, account: Account, done: str = "", given: Given = None) -> Response:
    units = _units(visit.store.accounts.every())
    return visit.page("people-one.html", account=account, given=given, done=done, units=units, now=_now())


def _units(accounts: Iterable[Account]) -> list[str]:
    return sorted({account.unit for account in accounts} - {""})


def _now() -> datetime:
    return datetime.now(UTC)


def _note(visit: Visit, what: str, account: Account, *told: str) -> None:
    visit.note(what, f"account:{account.number}", " · ".join(filter(None, (account.shown, *told))))


def _differences(before: Account, after: Account) -> list[str]:
    pairs = (
        (before.shown, after.shown),
        (words.ROLES[before.role], words.ROLES[after.role]),
        (before.unit or phrases.BLANK, after.unit or phrases.BLANK),
    )
    return [f"{old} → {new}" for old, new in pairs if old != new]


# --- one's own account


@routes.get(OWN_PAGE)
def own(visit: Here) -> Response:
    """One's own password, sessions and programs."""
    return _own(visit, "password" if "changed" in visit.request.query_params else "")


@routes.post(OWN_PASSWORD)
def change_own_password(visit: Here, old: Word, new: Word, again: Word) -> Response:
    """Another password; every session ends, and this browser gets a new one. Raises Refused."""
    if new != again:
        raise Refused("passwords_differ")
    accounts, account, address = visit.store.accounts, visit.account, address_of(visit.request)
    proved(visit.site, account.name, address, lambda: accounts.change_password(account.number, old, new))
    _note(visit, "password_changed", account)
    token, _ = accounts.sign_in(account.name, new, address)
    answer = visit.go(f"{OWN_PAGE}?changed")
    keep_cookie(answer, visit.site, token)
    return answer


@routes.post("/account/sessions/{key}/end")
def end_session(visit: Here, key: Annotated[str, PathParameter(max_length=64)]) -> Response:
    """One of one's own sessions is over."""
    visit.store.accounts.end_session(visit.account.number, key)
    _note(visit, "session_ended", visit.account)
    return visit.go("/sign-in") if key == _here(visit) else _own(visit, "session")


@routes.post("/account/tokens")
def add_token(visit: Here, label: Word, days: Annotated[int, Form(ge=1, le=LONGEST_TOKEN)]) -> Response:
    """Leave for a program; its secret is told this once. Raises Refused."""
    secret, leave = visit.store.accounts.add_token(visit.account.number, label, days)
    _note(visit, "token_added", visit.account, leave.label)
    return _own(visit, secret=secret)


@routes.post("/account/tokens/{number}/revoke")
def revoke_token(visit: Here, number: Number) -> Response:
    """A program asks no more. Raises Refused (`no_such_token`)."""
    leave = visit.store.accounts.revoke_token(visit.account.number, number)
    _note(visit, "token_revoked", visit.account, leave.label)
    return _own(visit, "token")


def _own(visit: Visit, done: str = "", secret: str = "") -> Response:
    accounts, number = visit.store.accounts, visit.account.number
    return visit.page(
        "account.html",
        sessions=accounts.sessions(number),
        here=_here(visit),
        tokens=accounts.tokens(number),
        longest=LONGEST_TOKEN,
        done=done,
        secret=secret,
        now=_now(),
    )


def _here(visit: Visit) -> str:
    return session_key(visit.request.cookies.get(COOKIE, ""))
