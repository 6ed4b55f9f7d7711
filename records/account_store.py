"""The accounts of a store: names and passwords come in, sessions go out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, NoReturn

from sqlalchemy import Row as Line
from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from records.accounts import Account, OpenSession, ProgramToken, Role, SignedIn
from records.database import Database
from records.errors import Refused
from records.passwords import SHORTEST, csrf_of, fingerprint, fits, given_password, hashed, new_token, nobody
from records.tables import Accounts as Row
from records.tables import Sessions, Tokens

TRIES = 5
"""Wrong passwords after which an account is locked."""
LOCKED = timedelta(minutes=15)
IDLE = timedelta(minutes=30)
"""A session that nobody uses ends after this."""
LONGEST = timedelta(hours=12)
"""No session lasts longer."""
LONGEST_TOKEN = 366
"""Days for which a program may be let in."""
_MINUTE = timedelta(minutes=1)
_KEY = 16
"""Characters of a session's fingerprint that name it in a list."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class _Nobodies:
    """Names that nobody has, locked like any other, so that guessing does not tell which names there are."""

    tried: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def locked_until(self, name: str, now: datetime) -> datetime | None:
        """Count a try; until when the name is locked already."""
        with self.lock:
            if len(self.tried) > 10_000:
                self.tried.clear()
            count, until = self.tried.get(name, (0, now))
            if until > now:
                return until
            count += 1
            self.tried[name] = (0, now + LOCKED) if count >= TRIES else (count, now)
            return None


@dataclass(frozen=True)
class Accounts:
    """The accounts in a store; every method raises StoreBusy, DiskFull or StoreError as need be."""

    database: Database
    clock: Callable[[], datetime] = field(default=_now)
    nobodies: _Nobodies = field(default_factory=_Nobodies)

    # --- accounts

    def none_yet(self) -> bool:
        """Whether nobody can sign in yet."""
        with self.database.reading() as session:
            return not session.scalar(select(func.count()).select_from(Row))

    def has_administrator(self) -> bool:
        """Whether somebody looks after the others."""
        with self.database.reading() as session:
            return _administrators(session) > 0

    def every(self) -> list[Account]:
        """Every account, in the order of making."""
        with self.database.reading() as session:
            return [_account(row) for row in session.scalars(select(Row).order_by(Row.number))]

    def account(self, number: int) -> Account:
        """An account. Raises Refused (`no_such_account`)."""
        with self.database.reading() as session:
            return _account(_row(session, number))

    def named(self, name: str) -> Account | None:
        """The account of a name, if there is one."""
        with self.database.reading() as session:
            row = _by_name(session, name)
            return _account(row) if row else None

    def add(
        self, name: str, shown: str, role: Role, password: str, unit: str = "", must_change: bool = False
    ) -> Account:
        """A new account.

        Raises Refused: `name_taken`, `shown_taken`, `no_name`, `weak_password` (fact: least),
        `administrator_of_unit`.
        """
        check_password(password, name)
        secret = hashed(password)
        with self.database.writing() as session:
            return self._added(session, name, shown, role, secret, unit, must_change)

    def add_first(self, name: str, shown: str, password: str) -> Account:
        """The first administrator. Raises as `add` does; Refused (`not_first`) when there are accounts."""
        check_password(password, name)
        secret = hashed(password)
        with self.database.writing() as session:
            if session.scalar(select(func.count()).select_from(Row)):
                raise Refused("not_first")
            return self._added(session, name, shown, Role.ADMINISTRATOR, secret)

    def _added(
        self,
        session: Session,
        name: str,
        shown: str,
        role: Role,
        secret: str,
        unit: str = "",
        must_change: bool = False,
    ) -> Account:
        name, shown, unit = name.strip(), shown.strip(), unit.strip()
        if not _is_plain(name):
            raise Refused("no_name")
        if _by_name(session, name) is not None:
            raise Refused("name_taken", what=name)
        _check(session, shown, role, unit)
        row = Row(
            name=name,
            shown=shown,
            role=role,
            unit=unit,
            secret=secret,
            active=True,
            failed=0,
            locked_until=None,
            created_at=self.clock(),
            must_change=must_change,
        )
        session.add(row)
        session.flush()
        return _account(row)

    def change(self, number: int, shown: str, role: Role, unit: str) -> Account:
        """Another name to be shown, role or unit; ends the account's sessions.

        Raises Refused: `no_such_account`, `shown_taken`, `no_name`, `administrator_of_unit`,
        `last_administrator`.
        """
        with self.database.writing() as session:
            row = _row(session, number)
            _check(session, shown.strip(), role, unit.strip(), number)
            row.shown, row.role, row.unit = shown.strip(), role, unit.strip()
            _keep_one_administrator(session)
            _end_sessions(session, number)
            return _account(row)

    def close(self, number: int) -> Account:
        """Nobody signs in with it any more; its sessions end. Raises as `change` does."""
        with self.database.writing() as session:
            row = _row(session, number)
            row.active = False
            _keep_one_administrator(session)
            _end_sessions(session, number)
            return _account(row)

    def reopen(self, number: int) -> Account:
        """A closed account is open again. Raises Refused (`no_such_account`)."""
        with self.database.writing() as session:
            row = _row(session, number)
            row.active = True
            return _account(row)

    def unlock(self, number: int) -> Account:
        """After wrong passwords, it may try again at once. Raises Refused (`no_such_account`)."""
        with self.database.writing() as session:
            row = _row(session, number)
            row.failed, row.locked_until = 0, None
            return _account(row)

    def reset_password(self, number: int) -> str:
        """A password to be changed at the next sign-in; sessions and programs' leaves end.

        Raises Refused (`no_such_account`).
        """
        password = given_password()
        secret = hashed(password)
        with self.database.writing() as session:
            row = _row(session, number)
            row.secret, row.must_change, row.failed, row.locked_until = secret, True, 0, None
            _end_sessions(session, number)
            session.execute(
                update(Tokens)
                .where(Tokens.account == number, Tokens.revoked_at.is_(None))
                .values(revoked_at=self.clock())
            )
        return password

    def change_password(self, number: int, old: str, new: str) -> None:
        """Another password; the account's sessions end.

        Raises Refused: `wrong_password`, `locked_out`, `weak_password`, `same_password`.
        """
        name = self.account(number).name
        check_password(new, name)
        if old == new:
            raise Refused("same_password")
        self._prove(name, old)
        secret = hashed(new)
        with self.database.writing() as session:
            row = _row(session, number)
            row.secret, row.must_change, row.failed, row.locked_until = secret, False, 0, None
            _end_sessions(session, number)

    # --- signing in

    def sign_in(self, name: str, password: str, address: str = "") -> tuple[str, SignedIn]:
        """A session's secret token, and the session. Raises Refused: `wrong_password`, `locked_out`.

        A name that nobody has, or of a closed account, is answered like a wrong password, as slowly,
        and locked like any other.
        """
        number = self._prove(name, password)
        token, now = new_token(), self.clock()
        with self.database.writing() as session:
            row = _row(session, number)
            row.failed, row.locked_until = 0, None
            session.execute(
                delete(Sessions).where((Sessions.seen_at < now - IDLE) | (Sessions.began_at < now - LONGEST))
            )
            session.add(
                Sessions(token=fingerprint(token), account=number, address=address, began_at=now, seen_at=now)
            )
            return token, SignedIn(_account(row), csrf_of(token), now, now)

    def _prove(self, name: str, password: str) -> int:
        """The number of the account whose password it is. Each try counts before it is looked at,
        so that many at once are no more than many in turn."""
        now = self.clock()
        with self.database.writing() as session:
            row = _by_name(session, name)
            locked = row.locked_until if row else self.nobodies.locked_until(name.strip().lower(), now)
            if row and not _is_locked(locked, now):
                row.failed += 1
                if row.failed >= TRIES:
                    row.failed, row.locked_until = 0, now + LOCKED
            number, secret, active = (row.number, row.secret, row.active) if row else (0, nobody(), False)
        right = fits(password, secret)
        if _is_locked(locked, now):
            _locked_out(locked)
        if not right or not active:
            raise Refused("wrong_password")
        return number

    def session(self, token: str, touch: bool = True) -> SignedIn | None:
        """The session of a token, used now; None when it is unknown or over, or its account closed.

        Without `touch` it is only looked at, and not prolonged.
        """
        now = self.clock()
        with self.database.reading() as session:
            found = session.connection().execute(_SESSION, {"token": fingerprint(token)}).one_or_none()
            if found is None or not found.active:
                return None
            if found.seen_at < now - IDLE or found.began_at < now - LONGEST:
                return None
            signed_in = SignedIn(_account(found), csrf_of(token), found.began_at, found.seen_at)
        if touch and now - signed_in.seen > _MINUTE:
            self._touch(token, now)
        return signed_in

    def _touch(self, token: str, now: datetime) -> None:
        with self.database.writing() as session:
            session.execute(update(Sessions).where(Sessions.token == fingerprint(token)).values(seen_at=now))

    def sign_out(self, token: str) -> None:
        """The session is over."""
        with self.database.writing() as session:
            session.execute(delete(Sessions).where(Sessions.token == fingerprint(token)))

    def sessions(self, number: int) -> list[OpenSession]:
        """The sessions of an account that still go on, the newest first."""
        now = self.clock()
        with self.database.reading() as session:
            rows = session.scalars(
                select(Sessions)
                .where(Sessions.account == number, Sessions.seen_at >= now - IDLE)
                .where(Sessions.began_at >= now - LONGEST)
                .order_by(Sessions.began_at.desc())
            )
            return [OpenSession(row.token[:_KEY], row.address, row.began_at, row.seen_at) for row in rows]

    def end_session(self, number: int, key: str) -> None:
        """One of an account's sessions is over, by its key in the list."""
        with self.database.writing() as session:
            session.execute(
                delete(Sessions).where(
                    Sessions.account == number, func.substr(Sessions.token, 1, _KEY) == key
                )
            )

    # --- programs

    def add_token(self, number: int, label: str, days: int) -> tuple[str, ProgramToken]:
        """A secret that lets a program ask on the account's behalf, told this once.

        Raises Refused: `no_label`, `token_too_long` (fact: most).
        """
        if not _is_plain(label.strip()):
            raise Refused("no_label")
        if not 1 <= days <= LONGEST_TOKEN:
            raise Refused("token_too_long", most=LONGEST_TOKEN)
        secret, now = new_token(), self.clock()
        with self.database.writing() as session:
            row = Tokens(
                token=fingerprint(secret),
                account=_row(session, number).number,
                label=label.strip(),
                created_at=now,
                expires_at=now + timedelta(days=days),
                revoked_at=None,
            )
            session.add(row)
            session.flush()
            return secret, _token(row)

    def tokens(self, number: int) -> list[ProgramToken]:
        """The leaves that an account gave to programs, the newest first."""
        with self.database.reading() as session:
            rows = session.scalars(
                select(Tokens).where(Tokens.account == number).order_by(Tokens.number.desc())
            )
            return [_token(row) for row in rows]

    def revoke_token(self, number: int, token: int) -> ProgramToken:
        """A program asks no more on the account's behalf. Raises Refused (`no_such_token`)."""
        with self.database.writing() as session:
            row = session.get(Tokens, token)
            if row is None or row.account != number:
                raise Refused("no_such_token", number=token)
            row.revoked_at = row.revoked_at or self.clock()
            return _token(row)

    def token(self, secret: str) -> SignedIn | None:
        """On whose behalf a program asks; None when the secret is unknown, revoked or over."""
        now = self.clock()
        with self.database.reading() as session:
            found = session.execute(
                select(Tokens, Row)
                .join(Row, Row.number == Tokens.account)
                .where(Tokens.token == fingerprint(secret))
            ).one_or_none()
            if found is None:
                return None
            one, row = found
            if not row.active or one.revoked_at is not None or one.expires_at <= now:
                return None
            return SignedIn(_account(row), "", one.created_at, now, one.label)


def session_key(token: str) -> str:
    """What names a session in a list, from its secret."""
    return fingerprint(token)[:_KEY]


def check_password(password: str, name: str) -> None:
    """Raises Refused (`weak_password`) for one that is short, of few characters, or the name itself."""
    if len(password) < SHORTEST or len(set(password)) < 4 or password.strip().lower() == name.strip().lower():
        raise Refused("weak_password", least=SHORTEST)


def _check(session: Session, shown: str, role: Role, unit: str, number: int = 0) -> None:
    """History names people by what is shown: no two accounts may be shown alike."""
    if not _is_plain(shown) or (unit and not _is_plain(unit)):
        raise Refused("no_name")
    if session.scalar(select(Row.number).where(Row.shown == shown, Row.number != number)) is not None:
        raise Refused("shown_taken", what=shown)
    if role is Role.ADMINISTRATOR and unit:
        raise Refused("administrator_of_unit")


def _is_plain(text: str) -> bool:
    return bool(text) and text.isprintable()


def _is_locked(locked: datetime | None, now: datetime) -> bool:
    return locked is not None and locked > now


def _locked_out(until: datetime | None) -> NoReturn:
    raise Refused("locked_out", until=until.astimezone().strftime("%H:%M") if until else "")


def _row(session: Session, number: int) -> Row:
    row = session.get(Row, number)
    if row is None:
        raise Refused("no_such_account", number=number)
    return row


def _by_name(session: Session, name: str) -> Row | None:
    return session.scalar(select(Row).where(func.lower(Row.name) == name.strip().lower()))


def _administrators(session: Session) -> int:
    counted = select(func.count()).where(Row.role == Role.ADMINISTRATOR, Row.active.is_(True))
    return session.scalar(counted) or 0


def _keep_one_administrator(session: Session) -> None:
    session.flush()
    if not _administrators(session):
        raise Refused("last_administrator")


def _end_sessions(session: Session, number: int) -> None:
    session.execute(delete(Sessions).where(Sessions.account == number))


_SESSION = (
    select(Row, Sessions.began_at, Sessions.seen_at)
    .join(Sessions, Sessions.account == Row.number)
    .where(Sessions.token == bindparam("token"))
)
"""Asked with every page: made once."""


def _account(row: Row | Line[*tuple[Any, ...]]) -> Account:
    return Account(
        row.number,
        row.name,
        row.shown,
        Role(row.role),
        row.unit,
        row.active,
        row.locked_until,
        row.must_change,
    )


def _token(row: Tokens) -> ProgramToken:
    return ProgramToken(row.number, row.label, row.created_at, row.expires_at, row.revoked_at)
