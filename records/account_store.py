"""The accounts of a store: names and passwords come in, sessions go out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from records.accounts import Account, Role, SignedIn
from records.database import Database
from records.errors import Refused
from records.passwords import SHORTEST, fingerprint, fits, hashed, new_token, nobody
from records.tables import Accounts as Row
from records.tables import Sessions

TRIES = 5
"""Wrong passwords after which an account is locked."""
LOCKED = timedelta(minutes=15)
IDLE = timedelta(minutes=30)
"""A session that nobody uses ends after this."""
LONGEST = timedelta(hours=12)
"""No session lasts longer."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Accounts:
    """The accounts in a store; every method raises StoreBusy, DiskFull or StoreError as need be."""

    database: Database
    clock: Callable[[], datetime] = field(default=_now)

    def none_yet(self) -> bool:
        """Whether nobody can sign in yet."""
        with self.database.reading() as session:
            return not session.scalar(select(func.count()).select_from(Row))

    def every(self) -> list[Account]:
        """Every account, in the order of making."""
        with self.database.reading() as session:
            return [_account(row) for row in session.scalars(select(Row).order_by(Row.number))]

    def add(self, name: str, shown: str, role: Role, password: str, unit: str = "") -> Account:
        """A new account. Raises Refused: `name_taken`, `no_name`, `weak_password` (fact: least)."""
        check_password(password, name)
        if not name.strip() or not shown.strip():
            raise Refused("no_name")
        secret = hashed(password)
        with self.database.writing() as session:
            return self._added(session, name.strip(), shown.strip(), role, secret, unit.strip())

    def add_first(self, name: str, shown: str, password: str) -> Account:
        """The first administrator. Raises as `add` does; Refused (`not_first`) when there are accounts."""
        check_password(password, name)
        if not name.strip() or not shown.strip():
            raise Refused("no_name")
        secret = hashed(password)
        with self.database.writing() as session:
            if session.scalar(select(func.count()).select_from(Row)):
                raise Refused("not_first")
            return self._added(session, name.strip(), shown.strip(), Role.ADMINISTRATOR, secret, "")

    def _added(self, session: Session, name: str, shown: str, role: Role, secret: str, unit: str) -> Account:
        if session.scalar(select(Row.number).where(Row.name == name)) is not None:
            raise Refused("name_taken", what=name)
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
        )
        session.add(row)
        session.flush()
        return _account(row)

    def sign_in(self, name: str, password: str) -> tuple[str, SignedIn]:
        """A session's secret token, and the session. Raises Refused: `wrong_password`, `locked_out`.

        A name that nobody has is answered like a wrong password, and as slowly.
        """
        with self.database.reading() as session:
            row = session.scalar(select(Row).where(Row.name == name.strip()))
            known = (row.number, row.secret, row.locked_until, row.active) if row else None
        if known is None:
            fits(password, nobody())
            raise Refused("wrong_password")
        number, secret, locked, active = known
        if locked is not None and locked > self.clock():
            raise Refused("locked_out", until=locked.astimezone().strftime("%H:%M"))
        if not fits(password, secret) or not active:
            self._failed(number)
            raise Refused("wrong_password")
        return self._begun(number)

    def _failed(self, number: int) -> None:
        with self.database.writing() as session:
            row = session.get_one(Row, number)
            row.failed += 1
            if row.failed >= TRIES:
                row.failed, row.locked_until = 0, self.clock() + LOCKED

    def _begun(self, number: int) -> tuple[str, SignedIn]:
        token, now = new_token(), self.clock()
        with self.database.writing() as session:
            row = session.get_one(Row, number)
            row.failed, row.locked_until = 0, None
            session.execute(delete(Sessions).where(Sessions.seen_at < now - LONGEST))
            one = Sessions(
                token=fingerprint(token), account=number, csrf=new_token(), began_at=now, seen_at=now
            )
            session.add(one)
            session.flush()
            return token, SignedIn(_account(row), one.csrf, one.began_at, one.seen_at)

    def session(self, token: str, touch: bool = True) -> SignedIn | None:
        """The session of a token, used now; None when it is unknown or over, or its account closed.

        Without `touch` it is only looked at, and not prolonged.
        """
        now = self.clock()
        with self.database.reading() as session:
            found = session.execute(
                select(Sessions, Row)
                .join(Row, Row.number == Sessions.account)
                .where(Sessions.token == fingerprint(token))
            ).one_or_none()
            if found is None:
                return None
            one, row = found
            if not row.active or one.seen_at < now - IDLE or one.began_at < now - LONGEST:
                return None
            signed_in = SignedIn(_account(row), one.csrf, one.began_at, one.seen_at)
        if touch and now - signed_in.seen > timedelta(minutes=1):
            self._touch(token, now)
        return signed_in

    def _touch(self, token: str, now: datetime) -> None:
        with self.database.writing() as session:
            session.execute(update(Sessions).where(Sessions.token == fingerprint(token)).values(seen_at=now))

    def sign_out(self, token: str) -> None:
        """The session is over."""
        with self.database.writing() as session:
            session.execute(delete(Sessions).where(Sessions.token == fingerprint(token)))


def check_password(password: str, name: str) -> None:
    """Raises Refused (`weak_password`) for one that is short, of one character only, or the name itself."""
    if len(password) < SHORTEST or len(set(password)) < 4 or password.strip().lower() == name.strip().lower():
        raise Refused("weak_password", least=SHORTEST)


def _account(row: Row) -> Account:
    return Account(row.number, row.name, row.shown, Role(row.role), row.unit, row.active, row.locked_until)
