"""Serving: the application over a socket, until somebody stops it."""

from __future__ import annotations

from types import FrameType

import uvicorn

from desk.web.site import Site


class Server(uvicorn.Server):
    """At Ctrl-C it also ends what browsers are told without an end, for which it would wait."""

    def __init__(self, config: uvicorn.Config, site: Site) -> None:
        super().__init__(config)
        self.site = site

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop, as asked by a signal."""
        self.site.reader.changes.end()
        super().handle_exit(sig, frame)
