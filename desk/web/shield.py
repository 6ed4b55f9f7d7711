"""The shield: every request passes it before a route, every answer after.

Unknown hosts, requests of other sites (CSRF), those that come too often, too large or too slowly are
refused; answers carry the headers that keep a browser from running or loading anything that is not the
desk's own (W3C Content Security Policy Level 3; OWASP secure headers). Nothing here asks the store while
others wait.
"""

from __future__ import annotations

import asyncio
import hmac
import math
import time
from dataclasses import dataclass, field
from typing import NoReturn
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desk.guard import as_ours
from desk.web.faults import answer_to
from desk.web.site import Site
from desk.web.visit import COOKIE, program_secret
from records.errors import DanganError
from records.passwords import csrf_of, fingerprint

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
TOKEN = "X-CSRF-Token"  # noqa: S105  # the header's name
PRESESSION = "dangan-door"
"""The cookie that stands for a session before anybody is signed in."""
LARGEST = 210 * 2**20
"""Bytes of a request of somebody who is signed in."""
SMALL = 2**20
"""Bytes of a request of anybody."""
LONGEST_ADDRESS = 8192
"""Bytes of a path with its question."""
PATIENCE, SLOWEST = 20.0, 20_000
"""A body comes within so many seconds, and one more for each so many bytes."""
FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data"
DOOR = frozenset({"/sign-in", "/first", "/account/password"})
"""Where passwords are tried."""
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
        "manifest-src 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), camera=()",
    "Cache-Control": "no-store",
}


class Shield:
    """ASGI middleware around the whole desk."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self.app = app
        self.site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on with a counted body and let the answer out with its headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer(send, self.site.secure)
        wrong = self._wrong(scope)
        if wrong is not None:
            await answer_to(wrong, scope)(scope, receive, answer.send)
            return
        body = _Body(receive, await self._limit(scope), FORM in Headers(scope=scope).get("content-type", ""))

        async def guarded(message: Message) -> None:
            if body.wrong is None:
                await answer.send(message)

        try:
            await self.app(scope, body.receive, guarded)
        except Exception as error:
            body.wrong = body.wrong or as_ours(error, self.site.place.settings.log)
        if body.wrong is not None and not answer.begun:
            await answer_to(body.wrong, scope)(scope, receive, answer.send)

    def _wrong(self, scope: Scope) -> DanganError | None:
        headers, path = Headers(scope=scope), scope["path"]
        host = headers.get("host", "")
        if _host_name(host) not in self.site.hosts:
            return DanganError("foreign_host")
        query = scope.get("query_string", b"")
        if len(scope.get("raw_path") or path.encode()) + len(query) > LONGEST_ADDRESS:
            return DanganError("address_too_long")
        if not path.isprintable() or b"%00" in query:
            return DanganError("bad_request")
        secret = program_secret(path, headers)
        wait = self._wait(scope, secret or _cookies(headers).get(COOKIE, ""))
        if wait:
            return DanganError("too_many_requests", seconds=math.ceil(wait))
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > LARGEST:
            return DanganError("request_too_large")
        if scope["method"] in SAFE or secret:
            return None
        return None if self._is_ours(headers, host, scope["scheme"]) else DanganError("forged")

    def _wait(self, scope: Scope, secret: str) -> float:
        address = scope["client"][0] if scope.get("client") else ""
        wait = self.site.pace.wait(fingerprint(secret), address)
        if scope["path"] in DOOR and scope["method"] not in SAFE:
            wait = wait or self.site.pace.door.wait(address)
        return wait

    def _is_ours(self, headers: Headers, host: str, scheme: str) -> bool:
        """Whether a request that changes something comes from a page of the desk."""
        origin = headers.get("origin")
        if origin is not None and origin != f"{scheme}://{host}":
            return False
        if headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return False
        given, cookies = headers.get(TOKEN, "").encode(), _cookies(headers)
        own = [cookies[name] for name in (COOKIE, PRESESSION) if cookies.get(name)]
        return any(hmac.compare_digest(given, csrf_of(secret).encode()) for secret in own)

    async def _limit(self, scope: Scope) -> int:
        """How many bytes the body may have: only those who are signed in send large ones, and only files."""
        headers = Headers(scope=scope)
        length = headers.get("content-length")
        if scope["method"] in SAFE or (length is not None and int(length) <= SMALL):
            return SMALL
        if any(kind in headers.get("content-type", "") for kind in (FORM, PARTS)):
            return SMALL
        return LARGEST if await run_in_threadpool(self._is_signed_in, scope["path"], headers) else SMALL

    def _is_signed_in(self, path: str, headers: Headers) -> bool:
        program, accounts = program_secret(path, headers), self.site.store.accounts
        if program:
            return accounts.token(program) is not None
        return accounts.session(_cookies(headers).get(COOKIE, "")) is not None


@dataclass
class _Answer:
    """An answer on its way out, with the headers that every answer has."""

    way: Send
    secure: bool
    begun: bool = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if self.secure:
                headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        await self.way(message)


@dataclass
class _Body:
    """A body on its way in, counted and timed; `wrong` says why no more of it is taken."""

    way: Receive
    limit: int
    is_form: bool
    wrong: DanganError | None = None
    got: int = 0
    whole: bool = False
    tail: bytes = b""
    since: float = field(default_factory=time.monotonic)

    async def receive(self) -> Message:
        if self.whole:
            return await self.way()
        left = self.since + PATIENCE + self.got / SLOWEST - time.monotonic()
        try:
            message = await asyncio.wait_for(self.way(), max(left, 0.001))
        except TimeoutError:
            self._refuse(DanganError("too_slow"))
        if message["type"] == "http.request":
            self._count(message.get("body", b""))
            self.whole = not message.get("more_body", False)
        return message

    def _count(self, part: bytes) -> None:
        self.got += len(part)
        if self.got > self.limit:
            self._refuse(DanganError("request_too_large"))
        if self.is_form and b"%00" in self.tail + part:
            self._refuse(DanganError("bad_request"))
        self.tail = part[-2:]

    def _refuse(self, wrong: DanganError) -> NoReturn:
        self.wrong = wrong
        raise wrong


def _cookies(headers: Headers) -> dict[str, str]:
    return cookie_parser(headers.get("cookie", ""))


def _host_name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
