"""A visit: one request by somebody who is signed in; what every page asks for, and the only way to records.

A route names the right that it wants (`Reading`, `Filing`, …); whoever lacks it never gets into the route.
What belongs to another unit is, for a visitor, not there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import Headers

from desk.web.paper import page
from desk.web.site import Site
from records.accounts import Account, Right, SignedIn
from records.archive import DraftRow, Record
from records.errors import DanganError, NoSuchDraft, NoSuchRecord
from records.passwords import fingerprint

if TYPE_CHECKING:
    from records.store import Store

COOKIE = "dangan"
OWN_PAGE, OWN_PASSWORD, SIGN_OUT = "/account", "/account/password", "/sign-out"
"""All that somebody may ask for who must change the password first."""


class NotSignedIn(DanganError):
    """Nobody is signed in, or the session has expired."""

    code = "not_signed_in"


class MustChange(DanganError):
    """The visitor's password was given by an administrator and has to be changed first."""

    code = "must_change_password"


class NotAllowed(DanganError):
    """The visitor's role may not do this; facts: right."""

    code = "not_allowed"


@dataclass(frozen=True)
class Visit:
    """Who asks, and for what."""

    request: Request
    site: Site
    signed_in: SignedIn

    @property
    def store(self) -> Store:
        """The open store."""
        return self.site.store

    @property
    def account(self) -> Account:
        """Who asks."""
        return self.signed_in.account

    @property
    def who(self) -> str:
        """The name that history and the log keep."""
        return self.account.shown

    @property
    def wants_part(self) -> bool:
        """Whether htmx asks for a part of a page only."""
        return "HX-Request" in self.request.headers

    def may(self, right: Right | str) -> bool:
        """Whether the visitor has a right."""
        return self.account.may(Right(right))

    def page(self, name: str, status: int = 200, **facts: Any) -> HTMLResponse:
        """A page or a part of one, `desk/web/pages/<name>`, which sees the visit as `visit`."""
        return page(name, status, visit=self, **facts)

    def go(self, path: str) -> Response:
        """Send the browser on to another page of the desk."""
        if self.wants_part:
            return Response(headers={"HX-Redirect": path})
        return Response(status_code=303, headers={"Location": path})

    def record(self, number: int) -> Record:
        """A record of the visitor's unit. Raises NoSuchRecord, for another unit's as well."""
        record = self.store.record(number)
        if not self.account.sees(record.unit):
            raise NoSuchRecord(number=number)
        return record

    def draft_row(self, number: int) -> DraftRow:
        """A draft of the visitor's unit, as a list shows it. Raises NoSuchDraft, for another unit's too."""
        row = self.store.draft_row(number)
        if not self.account.sees(row.unit):
            raise NoSuchDraft(number=number)
        return row

    def lasts(self) -> bool:
        """Whether the session goes on, of the same account; who only listens does not prolong it."""
        found = self.store.accounts.session(self.request.cookies.get(COOKIE, ""), touch=False)
        return found is not None and found.account == self.account

    def note(self, what: str, subject: str = "", detail: str = "") -> None:
        """A line in the audit log: what the visitor, or a program of the visitor's, looked at or did."""
        detail = " · ".join(filter(None, (detail, self.signed_in.program)))
        self.store.audit.note(self.who, what, subject, detail)


def site_of(request: Request) -> Site:
    """The site that the request came to."""
    site: Site = request.app.state.site
    return site


def program_secret(path: str, headers: Headers) -> str:
    """The secret of a program that asks; empty when a browser does. Programs ask under /api/ only."""
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    return secret.strip() if path.startswith("/api/") and scheme.lower() == "bearer" else ""


def address_of(request: Request) -> str:
    """The address that a request comes from."""
    return request.client.host if request.client else ""


def visit_of(request: Request) -> Visit:
    """The visit of whoever is signed in. Raises NotSignedIn, MustChange."""
    return _visit(request)


def _visit(request: Request, touch: bool = True) -> Visit:
    site, accounts = site_of(request), site_of(request).store.accounts
    program = program_secret(request.url.path, request.headers)
    secret = program or request.cookies.get(COOKIE, "")
    signed_in = accounts.token(program) if program else accounts.session(secret, touch)
    if signed_in is None:
        site.pace.forget(fingerprint(secret))
        raise NotSignedIn
    site.pace.know(fingerprint(secret))
    if signed_in.account.must_change and request.url.path not in (OWN_PAGE, OWN_PASSWORD, SIGN_OUT):
        raise MustChange
    return Visit(request, site, signed_in)


def allowed(right: Right, touch: bool = True) -> Callable[[Request], Visit]:
    """A visit of somebody with a right. The dependency raises NotSignedIn, MustChange, NotAllowed.

    Without `touch` a page asks by itself, and nobody's session lasts longer for it.
    """

    def visit(request: Request) -> Visit:
        found = _visit(request, touch)
        if not found.may(right):
            raise NotAllowed(right=right)
        return found

    visit.right = right  # type: ignore[attr-defined]
    return visit


Here = Annotated[Visit, Depends(visit_of)]
"""Anybody who is signed in."""
Reading = Annotated[Visit, Depends(allowed(Right.READ))]
Listening = Annotated[Visit, Depends(allowed(Right.READ, touch=False))]
"""A page that asks by itself, while nobody may be there."""
Awaiting = Annotated[Visit, Depends(allowed(Right.FILE, touch=False))]
"""The same, of drafts."""
Paper = Annotated[Visit, Depends(allowed(Right.PAPER))]
Unmasking = Annotated[Visit, Depends(allowed(Right.UNMASK))]
Taking = Annotated[Visit, Depends(allowed(Right.TAKE))]
Filing = Annotated[Visit, Depends(allowed(Right.FILE))]
Approving = Annotated[Visit, Depends(allowed(Right.APPROVE))]
Changing = Annotated[Visit, Depends(allowed(Right.CHANGE))]
Making = Annotated[Visit, Depends(allowed(Right.MAKE))]
Managing = Annotated[Visit, Depends(allowed(Right.MANAGE))]
