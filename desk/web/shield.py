"""The shield: every request passes it before a route, every answer after.

Unknown hosts, requests of other sites (CSRF) and bodies too large are refused; answers carry the
headers that keep a browser from running or loading anything that is not the desk's own
(W3C Content Security Policy Level 3; OWASP secure headers).
"""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desk.web.faults import told
from desk.web.site import Site
from records.errors import DanganError

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
TOKEN = "X-CSRF-Token"  # noqa: S105  # the header's name
PRESESSION = "dangan-door"
"""The cookie that stands for a session before anybody is signed in."""
LARGEST = 210 * 2**20
"""Bytes of a request."""
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

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if self.site.secure:
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            await send(message)

        wrong = self._wrong(scope)
        if wrong is not None:
            await told(wrong, part=False, data=False)(scope, receive, guarded)
            return
        await self.app(scope, receive, guarded)

    def _wrong(self, scope: Scope) -> DanganError | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if (urlsplit(f"//{host}").hostname or "") not in self.site.hosts:
            return DanganError("foreign_host")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > LARGEST:
            return DanganError("request_too_large")
        if scope["method"] in SAFE or "authorization" in headers:
            return None
        return None if self._is_ours(headers, host) else DanganError("forged")

    def _is_ours(self, headers: Headers, host: str) -> bool:
        """Whether a request that changes something comes from a page of the desk."""
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            return False
        if headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return False
        given = headers.get(TOKEN, "")
        return bool(given) and any(hmac.compare_digest(given, one) for one in self._expected(headers))

    def _expected(self, headers: Headers) -> list[str]:
        from starlette.requests import cookie_parser

        from desk.web.visit import COOKIE

        cookies = cookie_parser(headers.get("cookie", ""))
        signed_in = self.site.store.accounts.session(cookies[COOKIE]) if COOKIE in cookies else None
        if signed_in is not None:
            return [signed_in.csrf]
        return [cookies[PRESESSION]] if cookies.get(PRESESSION) else []
