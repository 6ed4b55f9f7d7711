"""`dangan desk`: the desk opens in the browser of this computer."""

from __future__ import annotations

import signal
import socket
import threading
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desk import phrases, screen
from desk.usage import misuse
from desk.workplace import Workplace, open_workplace
from records.errors import Refused, Unreadable

if TYPE_CHECKING:
    from desk.web.certificate import Certificate

LOOPBACK, LOCALHOST = "127.0.0.1", "localhost"
FOLDER = "desk"
"""Holds the desk's own certificate, in the home folder."""


def desk(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help=phrases.DESK_PORT)] = 8610,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help=phrases.DESK_BROWSER)] = True,
    inbox: Annotated[
        Path | None, typer.Option("--inbox", metavar=phrases.PLACE_FOLDER, help=phrases.DESK_INBOX)
    ] = None,
    lan: Annotated[bool, typer.Option("--lan", help=phrases.DESK_LAN)] = False,
    name: Annotated[
        list[str] | None, typer.Option("--name", metavar=phrases.PLACE_TEXT, help=phrases.DESK_NAME)
    ] = None,
    certificate: Annotated[
        Path | None,
        typer.Option("--certificate", metavar=phrases.PLACE_FILE, help=phrases.DESK_CERTIFICATE),
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", metavar=phrases.PLACE_FILE, help=phrases.DESK_KEY)
    ] = None,
) -> int:
    """Serve the desk until it is stopped."""
    from desk.web.app import create_app
    from desk.web.lan import listening
    from desk.web.serving import serve
    from desk.web.site import open_site

    # Whoever is told to end closes the store and clears away documents, as at Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    place = open_workplace()
    if inbox is not None:
        place = _watching(place, inbox)
    office = _office(place, lan, name or [], certificate, key)
    with (
        open_site(place, office.hosts, secure=lan) as site,
        listening(office.addresses, port) as sockets,
    ):
        if lan and not site.store.accounts.has_administrator():
            raise Refused("lan_without_administrator")
        ways = [office.way(one) for one in sockets]
        way = f"{ways[0]}/sign-in?code={site.first_code}" if site.store.accounts.none_yet() else ways[0]
        _tell(ways, office.certificate)
        if way != ways[0]:
            screen.tell(phrases.DESK_FIRST.format(code=site.first_code, way=way))
        if browser:
            threading.Timer(1, webbrowser.open, (way,)).start()
        serve(create_app(site), site, sockets, office.certificate, office.again)
    return 0


def _watching(place: Workplace, inbox: Path) -> Workplace:
    """The workplace with another inbox for this once. Raises Unreadable when there is none."""
    if not inbox.is_dir():
        raise Unreadable("no_file", file=inbox)
    return Workplace(replace(place.settings, inbox=inbox.absolute()))


@dataclass(frozen=True)
class _Office:
    """Where the desk can be asked, under which names, and with which certificate, if by TLS."""

    addresses: tuple[str, ...]
    hosts: frozenset[str]
    certificate: Certificate | None = None
    again: Callable[[], Certificate] | None = None

    def way(self, listening: socket.socket) -> str:
        """The address to type into a browser."""
        host, port = listening.getsockname()
        return f"{'https' if self.certificate else 'http'}://{host}:{port}"


def _office(
    place: Workplace, lan: bool, given: list[str], certificate: Path | None, key: Path | None
) -> _Office:
    """This computer alone, or the office network as well. Raises UsageError, Refused."""
    from desk.web.certificate import office_certificate, own_certificate
    from desk.web.lan import names, private_addresses

    if bool(certificate) is not bool(key) or (certificate and not lan):
        raise misuse(phrases.DESK_CERTIFICATE_ALONE)
    if given and not lan:
        raise misuse(phrases.DESK_NAME_ALONE)
    if not lan:
        return _Office((LOOPBACK,), frozenset({LOOPBACK, LOCALHOST}))
    addresses = private_addresses()
    if not addresses:
        raise Refused("no_lan_address")
    hosts = frozenset((LOOPBACK, LOCALHOST, *addresses, *names(given)))
    if certificate and key:
        found = office_certificate(certificate, key)
        return _Office((LOOPBACK, *addresses), hosts | found.names, found)

    def own() -> Certificate:
        return own_certificate(place.settings.home / FOLDER, hosts)

    return _Office((LOOPBACK, *addresses), hosts, own(), own)


def _tell(ways: list[str], certificate: Certificate | None) -> None:
    screen.tell(phrases.DESK_OPEN.format(address=ways[0]))
    for way in ways[1:]:
        screen.tell(phrases.DESK_LAN_OPEN.format(address=way))
    if certificate:
        screen.tell(phrases.DESK_FINGERPRINT.format(fingerprint=certificate.fingerprint))
        until = certificate.until.astimezone().strftime("%Y-%m-%d")
        screen.tell(phrases.DESK_UNTIL.format(until=until))
