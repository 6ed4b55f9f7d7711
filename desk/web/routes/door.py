"""The door: the first administrator, signing in, signing out."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from desk.web.asked import is_inside
from desk.web.paper import page
from desk.web.shield import PRESESSION
from desk.web.site import Site
from desk.web.visit import COOKIE, Here, Listening, address_of, site_of
from records.accounts import SignedIn
from records.errors import Refused
from records.passwords import csrf_of, fingerprint, new_token

routes = APIRouter()
At = Annotated[Site, Depends(site_of)]
Proved = TypeVar("Proved")
Word = Annotated[str, Form(max_length=200)]
Address = Annotated[str, Form(max_length=2000)]


@routes.get("/sign-in")
def sign_in_page(site: At, request: Request) -> Response:
    """The sign-in form; before there is any account, the way to make the first."""
    name = "first.html" if site.store.accounts.none_yet() else "sign-in.html"
    asked = request.query_params
    back = asked.get("back", "")
    return _with_token(site, name, code=asked.get("code", ""), back=back if is_inside(back) else "")


@routes.post("/sign-in")
def sign_in(site: At, request: Request, name: Word, password: Word, back: Address = "/") -> Response:
    """Begin a session, always a new one, and go back to what was asked for.

    Raises Refused (`wrong_password`, `locked_out`, `address_locked_out`).
    """
    address = address_of(request)
    token, signed_in = proved(
        site, name, address, lambda: site.store.accounts.sign_in(name, password, address)
    )
    _end_former(site, request)
    return _let_in(site, token, signed_in, back if is_inside(back) else "/")


@routes.post("/first")
def make_first(
    site: At, request: Request, code: Word, name: Word, shown: Word, password: Word, again: Word
) -> Response:
    """Make the first administrator and sign in. Raises Refused."""
    if not hmac.compare_digest(code.strip().encode(), site.first_code.encode()):
        raise Refused("wrong_first_code")
    if password != again:
        raise Refused("passwords_differ")
    account = site.store.accounts.add_first(name, shown, password)
    site.store.audit.note(account.shown, "account_added", f"account:{account.number}", account.name)
    token, signed_in = site.store.accounts.sign_in(name, password, address_of(request))
    return _let_in(site, token, signed_in)


@routes.get("/session")
def who_is_here(visit: Listening) -> Response:
    """Who is signed in in this browser now, for pages that were opened before; prolongs nothing."""
    told = {"who": visit.account.number, "shown": visit.who, "csrf": visit.signed_in.csrf}
    return JSONResponse(told)


@routes.post("/sign-out")
def sign_out(visit: Here) -> Response:
    """End the session."""
    token = visit.request.cookies[COOKIE]
    visit.store.accounts.sign_out(token)
    visit.site.pace.forget(fingerprint(token))
    visit.site.press.forget(visit)
    visit.note("signed_out")
    answer = visit.go("/sign-in")
    answer.delete_cookie(COOKIE)
    return answer


def proved(site: Site, name: str, address: str, prove: Callable[[], Proved]) -> Proved:
    """What a right password gives; a wrong one counts for the address, and stands in the log.

    What was typed as a name is told only when somebody has that name: it may have been the password.
    """
    wait = site.pace.wrong.wait(address)
    if wait:
        until = datetime.now().astimezone() + timedelta(seconds=wait)
        raise Refused("address_locked_out", until=until.strftime("%H:%M"))
    try:
        return prove()
    except Refused as error:
        if error.code in ("wrong_password", "locked_out"):
            site.pace.wrong.add(address)
            meant = site.store.accounts.named(name)
            told = (meant.shown, f"account:{meant.number}") if meant else ("", "")
            site.store.audit.note("", error.code, told[1], " · ".join(filter(None, (told[0], address))))
        raise


def _end_former(site: Site, request: Request) -> None:
    """Who signs in anew leaves the session that the browser still had."""
    former = request.cookies.get(COOKIE)
    if former:
        site.store.accounts.sign_out(former)


def _let_in(site: Site, token: str, signed_in: SignedIn, way: str = "/") -> Response:
    site.store.audit.note(signed_in.account.shown, "signed_in", f"account:{signed_in.account.number}")
    answer = Response(headers={"HX-Redirect": way})
    keep_cookie(answer, site, token)
    answer.delete_cookie(PRESESSION)
    return answer


def keep_cookie(answer: Response, site: Site, token: str) -> None:
    """The browser keeps the session's secret, out of reach of scripts and of other sites."""
    answer.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=site.secure)


def _with_token(site: Site, name: str, code: str, back: str = "") -> HTMLResponse:
    token = new_token()
    answer = page(name, csrf=csrf_of(token), code=code, back=back)
    answer.set_cookie(PRESESSION, token, httponly=True, samesite="strict", secure=site.secure)
    return answer
