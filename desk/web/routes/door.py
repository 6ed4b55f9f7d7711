"""The door: the first administrator, signing in, signing out."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from desk.web.paper import page
from desk.web.shield import PRESESSION
from desk.web.site import Site
from desk.web.visit import COOKIE, Here, site_of
from records.accounts import SignedIn
from records.errors import Refused
from records.passwords import new_token

routes = APIRouter()
At = Annotated[Site, Depends(site_of)]
Word = Annotated[str, Form(max_length=200)]


@routes.get("/sign-in")
def sign_in_page(site: At, request: Request) -> Response:
    """The sign-in form; before there is any account, the way to make the first."""
    name = "first.html" if site.store.accounts.none_yet() else "sign-in.html"
    return _with_token(site, name, request.query_params.get("code", ""))


@routes.post("/sign-in")
def sign_in(site: At, name: Word, password: Word) -> Response:
    """Begin a session. Raises Refused (`wrong_password`, `locked_out`)."""
    try:
        token, signed_in = site.store.accounts.sign_in(name, password)
    except Refused as error:
        site.store.audit.note("", error.code, "", name)
        raise
    return _let_in(site, token, signed_in)


@routes.post("/first")
def make_first(site: At, code: Word, name: Word, shown: Word, password: Word, again: Word) -> Response:
    """Make the first administrator and sign in. Raises Refused."""
    if not hmac.compare_digest(code.strip().encode(), site.first_code.encode()):
        raise Refused("wrong_first_code")
    if password != again:
        raise Refused("passwords_differ")
    account = site.store.accounts.add_first(name, shown, password)
    site.store.audit.note(account.shown, "account_added", f"account:{account.number}", account.name)
    token, signed_in = site.store.accounts.sign_in(name, password)
    return _let_in(site, token, signed_in)


@routes.post("/sign-out")
def sign_out(visit: Here) -> Response:
    """End the session."""
    visit.store.accounts.sign_out(visit.request.cookies[COOKIE])
    visit.note("signed_out")
    answer = visit.go("/sign-in")
    answer.delete_cookie(COOKIE)
    return answer


def _let_in(site: Site, token: str, signed_in: SignedIn) -> Response:
    site.store.audit.note(signed_in.account.shown, "signed_in", f"account:{signed_in.account.number}")
    answer = Response(headers={"HX-Redirect": "/"})
    answer.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=site.secure)
    answer.delete_cookie(PRESESSION)
    return answer


def _with_token(site: Site, name: str, code: str) -> HTMLResponse:
    token = new_token()
    answer = page(name, csrf=token, code=code)
    answer.set_cookie(PRESESSION, token, httponly=True, samesite="strict", secure=site.secure)
    return answer
