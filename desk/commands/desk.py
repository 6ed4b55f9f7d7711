"""`dangan desk`: the desk opens in the browser of this computer."""

from __future__ import annotations

import signal
import socket
import threading
import webbrowser
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from desk import phrases, screen
from desk.workplace import Workplace, open_workplace
from records.errors import Unreadable

LOOPBACK = "127.0.0.1"


def desk(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help=phrases.DESK_PORT)] = 8610,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help=phrases.DESK_BROWSER)] = True,
    inbox: Annotated[
        Path | None, typer.Option("--inbox", metavar=phrases.PLACE_FOLDER, help=phrases.DESK_INBOX)
    ] = None,
) -> int:
    """Serve the desk until it is stopped."""
    import uvicorn

    from desk.web.app import create_app
    from desk.web.serving import Server
    from desk.web.site import open_site

    # Whoever is told to end closes the store and clears away documents, as at Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    place = open_workplace()
    if inbox is not None:
        place = _watching(place, inbox)
    with (
        open_site(place, frozenset({LOOPBACK, "localhost"})) as site,
        _listening(LOOPBACK, port) as listening,
    ):
        address = f"http://{LOOPBACK}:{listening.getsockname()[1]}"
        way = f"{address}/sign-in?code={site.first_code}" if site.store.accounts.none_yet() else address
        screen.tell(phrases.DESK_OPEN.format(address=address))
        if way != address:
            screen.tell(phrases.DESK_FIRST.format(code=site.first_code, way=way))
        if browser:
            threading.Timer(1, webbrowser.open, (way,)).start()
        config = uvicorn.Config(
            create_app(site),
            log_level="warning",
            access_log=False,
            server_header=False,
            lifespan="on",
            timeout_graceful_shutdown=5,
        )
        Server(config, site).run(sockets=[listening])
    return 0


def _watching(place: Workplace, inbox: Path) -> Workplace:
    """The workplace with another inbox for this once. Raises Unreadable when there is none."""
    if not inbox.is_dir():
        raise Unreadable("no_file", file=inbox)
    return Workplace(replace(place.settings, inbox=inbox.absolute()))


def _listening(host: str, port: int) -> socket.socket:
    """A socket that waits for browsers."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen()  # whoever comes before the application is ready waits
    return listening
