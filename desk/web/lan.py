"""The office network: which private addresses this computer has, and sockets on them."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import ip_address

from records.errors import Refused

LOOPBACK = "127.0.0.1"
_TOWARDS = ("10.255.255.255", "172.31.255.255", "192.168.255.255")
"""Nothing is sent there; the way towards them tells under which address this computer would go."""
_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*")


def private_addresses() -> list[str]:
    """The addresses of this computer in private networks (RFC 1918)."""
    found = {_towards(target) for target in _TOWARDS} | set(_by_name())
    return sorted(one for one in found if is_private(one))


def is_private(address: str) -> bool:
    """Whether an address is one of an office network: not of the internet, not this computer's own."""
    try:
        told = ip_address(address)
    except ValueError:
        return False
    return told.version == 4 and told.is_private and not (told.is_loopback or told.is_link_local)


def names(given: Iterable[str]) -> list[str]:
    """The names by which the computer may be called. Raises Refused (`no_host_name`)."""
    found = [one.strip().lower() for one in given]
    for one in found:
        if not _NAME.fullmatch(one):
            raise Refused("no_host_name", what=one)
    return found


@contextmanager
def listening(addresses: Iterable[str], port: int) -> Iterator[list[socket.socket]]:
    """Sockets that wait for browsers, one at each address, all on one port (0: any free one)."""
    with ExitStack() as stack:
        opened: list[socket.socket] = []
        for address in addresses:
            one = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind((address, opened[0].getsockname()[1] if opened else port))
            one.listen()  # whoever comes before the application is ready waits
            opened.append(one)
        yield opened


def _towards(target: str) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        try:
            way.connect((target, 9))
            found: str = way.getsockname()[0]
        except OSError:
            return ""
        return found


def _by_name() -> list[str]:
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    except OSError:
        return []
