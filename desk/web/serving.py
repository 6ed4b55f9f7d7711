"""Serving: the application over a socket, until somebody stops it."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from desk.web.certificate import Certificate
from desk.web.site import Site

MOST_CONNECTIONS = 500
A_DAY = 24 * 60 * 60.0
PATIENCE = 10.0
"""Seconds; who told no whole request after two of these is cut off."""


class Server(uvicorn.Server):
    """At Ctrl-C it also ends what browsers are told without an end, for which it would wait."""

    def __init__(self, config: uvicorn.Config, site: Site) -> None:
        super().__init__(config)
        self.site = site

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop, as asked by a signal."""
        self.site.reader.changes.end()
        super().handle_exit(sig, frame)


class Impatient(H11Protocol):
    """A connection on which a request has to be told in time: who dribbles its first lines is cut off."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody is there; look after a while whether a request came."""
        super().connection_made(transport)
        self._waited = False
        self._look_later()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._look.cancel()
        super().connection_lost(exc)

    def _look_later(self) -> None:
        self._look = self.loop.call_later(PATIENCE, self._look_now)

    def _look_now(self) -> None:
        begun = self.cycle is None or bool(self.conn.trailing_data[0])
        waiting = begun and self.conn.their_state is h11.IDLE
        if waiting and self._waited:
            self.transport.close()
            return
        self._waited = waiting
        self._look_later()


def serve(
    app: FastAPI,
    site: Site,
    sockets: list[socket.socket],
    certificate: Certificate | None,
    again: Callable[[], Certificate] | None = None,
) -> None:
    """Serve until stopped; by TLS with a certificate, which `again` makes anew before it ends."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="on",
        http=Impatient,
        ws="none",
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=5,
        ssl_certfile=certificate.file if certificate else None,
        ssl_keyfile=certificate.key if certificate else None,
    )
    logging.getLogger("uvicorn.error").addFilter(lambda told: "graceful shutdown" not in told.getMessage())
    with _renewing(config, again):
        Server(config, site).run(sockets=sockets)


@contextmanager
def _renewing(config: uvicorn.Config, again: Callable[[], Certificate] | None) -> Iterator[None]:
    """Once a day the certificate is looked at; new connections get the newest."""
    ended = threading.Event()

    def look() -> None:
        while again is not None and not ended.wait(A_DAY):
            found = again()
            if config.ssl is not None:
                config.ssl.load_cert_chain(found.file, found.key)

    watch = threading.Thread(target=look, daemon=True)
    watch.start()
    try:
        yield
    finally:
        ended.set()
        watch.join()
