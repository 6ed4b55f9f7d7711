from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import Type, extract_parameters

from records import passwords
from records.account_store import IDLE, LOCKED, LONGEST, TRIES, Accounts
from records.accounts import RIGHTS, Account, Right, Role
from records.errors import Refused
from records.passwords import csrf_of, given_password
from records.store import Store

HASHER = passwords._HASHER
PASSWORD, OTHER = "correct horse 42", "battery staple 43"


@dataclass
class Clock:
    now: datetime = datetime(2026, 5, 4, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def go(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(tmp_path: Path, clock: Clock) -> Iterator[Accounts]:
    with Store.open(tmp_path) as store:
        yield replace(store.accounts, clock=clock)


def boss(accounts: Accounts) -> Account:
    return accounts.add_first("boss", "赵主席", PASSWORD)


def refused(do: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as caught:
        do()
    return caught.value.code


def test_each_role_may_do_what_the_office_has_it_for() -> None:
    assert RIGHTS[Role.READER] == {Right.READ}
    assert Right.APPROVE not in RIGHTS[Role.CLERK]
    assert RIGHTS[Role.REVIEWER] - RIGHTS[Role.CLERK] == {Right.APPROVE}
    assert RIGHTS[Role.ADMINISTRATOR] == set(Right)


def test_an_account_with_a_unit_sees_that_unit_only() -> None:
    own = Account(1, "a", "甲", Role.CLERK, "一厂")
    assert (own.sees("一厂"), own.sees("二厂"), own.sees("")) == (True, False, False)
    assert replace(own, unit="").sees("二厂")


def test_names_are_nobody_elses_whatever_their_case(accounts: Accounts) -> None:
    boss(accounts)
    assert refused(lambda: accounts.add("BOSS", "钱", Role.CLERK, PASSWORD)) == "name_taken"
    assert refused(lambda: accounts.add("qian", "赵主席", Role.CLERK, PASSWORD)) == "shown_taken"
    assert refused(lambda: accounts.add("qian", " ", Role.CLERK, PASSWORD)) == "no_name"
    assert refused(lambda: accounts.add("qi\nan", "钱", Role.CLERK, PASSWORD)) == "no_name"
    for weak in ("short", "aaaaaaaaaaaa", "qian.account"):
        assert refused(lambda weak=weak: accounts.add("qian.account", "钱", Role.CLERK, weak)) == (
            "weak_password"
        )
    assert refused(lambda: accounts.add("q", "钱", Role.ADMINISTRATOR, PASSWORD, "一厂")) == (
        "administrator_of_unit"
    )
    assert refused(lambda: accounts.add_first("x", "钱", PASSWORD)) == "not_first"


def test_a_hash_costs_whoever_guesses_time_and_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("records.passwords._HASHER", HASHER)
    kept = passwords.hashed(PASSWORD)
    cost = extract_parameters(kept)
    assert cost.type is Type.ID
    assert (cost.time_cost >= 3, cost.memory_cost >= 64 * 1024) == (True, True)
    assert (passwords.fits(PASSWORD, kept), passwords.fits(OTHER, kept)) == (True, False)


def test_of_passwords_and_sessions_the_store_keeps_no_secret(accounts: Accounts, tmp_path: Path) -> None:
    boss(accounts)
    token, signed_in = accounts.sign_in("boss", PASSWORD)
    secret, _ = accounts.add_token(1, "统计程序", 30)
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    for one in (PASSWORD, token, secret, signed_in.csrf):
        assert one.encode() not in kept
    assert signed_in.csrf == csrf_of(token)


def test_five_wrong_passwords_lock_even_the_right_one_out_for_a_while(
    accounts: Accounts, clock: Clock
) -> None:
    boss(accounts)
    for _ in range(TRIES):
        assert refused(lambda: accounts.sign_in("boss", "x")) == "wrong_password"
    assert refused(lambda: accounts.sign_in("boss", PASSWORD)) == "locked_out"
    clock.go(LOCKED)
    accounts.sign_in("boss", PASSWORD)
    for _ in range(TRIES - 1):
        assert refused(lambda: accounts.sign_in("boss", "x")) == "wrong_password"
    accounts.sign_in("boss", PASSWORD)
    assert refused(lambda: accounts.sign_in("boss", "x")) == "wrong_password"


def test_a_name_that_nobody_has_is_locked_like_any_other(accounts: Accounts, clock: Clock) -> None:
    told = [refused(lambda: accounts.sign_in("nobody", "x")) for _ in range(TRIES + 1)]
    assert told == ["wrong_password"] * TRIES + ["locked_out"]
    clock.go(LOCKED)
    assert refused(lambda: accounts.sign_in("nobody", "x")) == "wrong_password"


def test_many_guesses_at_once_are_no_more_than_many_in_turn(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss(accounts)
    looked: list[str] = []
    together = threading.Barrier(8)

    def fits(password: str, known: str) -> bool:
        looked.append(password)
        return False

    monkeypatch.setattr("records.account_store.fits", fits)
    told: list[str] = []

    def guess() -> None:
        together.wait()
        told.append(refused(lambda: accounts.sign_in("boss", "x")))

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["locked_out"] * (8 - TRIES) + ["wrong_password"] * TRIES


def test_unlocking_lets_in_at_once(accounts: Accounts) -> None:
    number = boss(accounts).number
    for _ in range(TRIES):
        refused(lambda: accounts.sign_in("boss", "x"))
    accounts.unlock(number)
    accounts.sign_in("Boss", PASSWORD)


def test_a_session_ends_when_idle_and_after_a_working_day(accounts: Accounts, clock: Clock) -> None:
    boss(accounts)
    token, _ = accounts.sign_in("boss", PASSWORD)
    clock.go(IDLE - timedelta(seconds=1))
    assert accounts.session(token)
    clock.go(IDLE + timedelta(seconds=1))
    assert accounts.session(token) is None
    token, _ = accounts.sign_in("boss", PASSWORD)
    for _ in range(int(LONGEST / timedelta(minutes=20))):
        assert accounts.session(token)
        clock.go(timedelta(minutes=20))
    clock.go(timedelta(seconds=1))
    assert accounts.session(token) is None
    assert accounts.sessions(1) == []


def test_a_session_is_always_a_new_one_and_no_made_up_one_lets_in(accounts: Accounts) -> None:
    boss(accounts)
    tokens = {accounts.sign_in("boss", PASSWORD)[0] for _ in range(3)}
    assert len(tokens) == 3
    assert accounts.session("") is None
    assert accounts.session("made-up") is None


def test_closing_changing_and_resetting_end_the_sessions(accounts: Accounts) -> None:
    boss(accounts)
    number = accounts.add("qian", "钱经办", Role.CLERK, PASSWORD).number

    def entered(password: str = PASSWORD) -> str:
        return accounts.sign_in("qian", password)[0]

    token = entered()
    assert accounts.change(number, "钱经办", Role.READER, "一厂").role is Role.READER
    assert accounts.session(token) is None
    token = entered()
    given = accounts.reset_password(number)
    assert accounts.session(token) is None
    assert refused(entered) == "wrong_password"
    token, signed_in = accounts.sign_in("qian", given)
    assert signed_in.account.must_change
    accounts.close(number)
    assert accounts.session(token) is None
    assert refused(lambda: entered(given)) == "wrong_password"
    accounts.reopen(number)
    assert entered(given)


def test_the_last_administrator_stays_one(accounts: Accounts) -> None:
    number = boss(accounts).number
    assert refused(lambda: accounts.close(number)) == "last_administrator"
    assert refused(lambda: accounts.change(number, "赵", Role.CLERK, "")) == "last_administrator"
    assert accounts.account(number).role is Role.ADMINISTRATOR
    accounts.add("qian", "钱主席", Role.ADMINISTRATOR, PASSWORD)
    assert not accounts.close(number).active
    assert refused(lambda: accounts.close(2)) == "last_administrator"


def test_changing_the_password_wants_the_old_one_and_ends_the_sessions(accounts: Accounts) -> None:
    number = boss(accounts).number
    here, there = accounts.sign_in("boss", PASSWORD)[0], accounts.sign_in("boss", PASSWORD)[0]
    assert refused(lambda: accounts.change_password(number, "x", OTHER)) == "wrong_password"
    assert refused(lambda: accounts.change_password(number, PASSWORD, "short")) == "weak_password"
    assert refused(lambda: accounts.change_password(number, PASSWORD, PASSWORD)) == "same_password"
    accounts.change_password(number, PASSWORD, OTHER)
    assert accounts.session(here) is accounts.session(there) is None
    assert refused(lambda: accounts.sign_in("boss", PASSWORD)) == "wrong_password"


def test_one_session_of_many_can_be_ended(accounts: Accounts) -> None:
    number = boss(accounts).number
    here = accounts.sign_in("boss", PASSWORD, "192.168.1.5")[0]
    there = accounts.sign_in("boss", PASSWORD, "192.168.1.6")[0]
    keys = {one.address: one.key for one in accounts.sessions(number)}
    accounts.end_session(number + 1, keys["192.168.1.6"])
    assert accounts.session(there)
    accounts.end_session(number, keys["192.168.1.6"])
    assert accounts.session(there) is None
    assert accounts.session(here)


def test_a_program_is_let_in_until_its_leave_ends(accounts: Accounts, clock: Clock) -> None:
    number = boss(accounts).number
    secret, leave = accounts.add_token(number, "统计程序", 30)
    found = accounts.token(secret)
    assert found
    assert (found.account.number, found.program, found.csrf) == (number, "统计程序", "")
    assert accounts.session(secret) is None
    assert accounts.token("") is None
    clock.go(timedelta(days=30))
    assert accounts.token(secret) is None
    secret, leave = accounts.add_token(number, "统计程序", 30)
    assert refused(lambda: accounts.revoke_token(number + 1, leave.number)) == "no_such_token"
    accounts.revoke_token(number, leave.number)
    assert accounts.token(secret) is None
    assert refused(lambda: accounts.add_token(number, " ", 30)) == "no_label"
    assert refused(lambda: accounts.add_token(number, "统计程序", 367)) == "token_too_long"


def test_a_closed_account_or_a_reset_password_lets_no_program_in(accounts: Accounts) -> None:
    boss(accounts)
    number = accounts.add("qian", "钱经办", Role.CLERK, PASSWORD).number
    secret, _ = accounts.add_token(number, "统计程序", 30)
    accounts.close(number)
    assert accounts.token(secret) is None
    accounts.reopen(number)
    assert accounts.token(secret)
    accounts.reset_password(number)
    assert accounts.token(secret) is None


def test_given_passwords_are_long_and_never_alike() -> None:
    given = {given_password() for _ in range(100)}
    assert len(given) == 100
    assert all(len(one) == 19 and not set("0Oo1lI") & set(one) for one in given)
