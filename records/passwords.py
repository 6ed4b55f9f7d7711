"""Passwords: a password comes in, an argon2id hash goes out (RFC 9106); of tokens the SHA-256 is kept."""

from __future__ import annotations

import hashlib
import secrets
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10
"""Characters of a password."""

_HASHER = PasswordHasher()


_AT_ONCE = threading.BoundedSemaphore(4)
"""Each hash wants 64 MiB and a core; many guesses at once shall not take the machine."""


def hashed(password: str) -> str:
    """The argon2id hash, with its salt and cost."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def fits(password: str, known: str) -> bool:
    """Whether a password is the one of a hash; takes its time on purpose."""
    try:
        with _AT_ONCE:
            return _HASHER.verify(known, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def nobody() -> str:
    """The hash that a name without an account is held against, so that it takes as long as any other."""
    return hashed(secrets.token_hex())


def given_password() -> str:
    """A password to hand to somebody on paper, of letters and figures that nobody takes for another."""
    return "-".join("".join(secrets.choice(_PLAIN) for _ in range(4)) for _ in range(4))


_PLAIN = "abcdefghjkmnpqrstuvwxyz23456789"


def csrf_of(token: str) -> str:
    """The token against forged requests that belongs to a session's secret, and does not tell it."""
    return hashlib.sha256(f"csrf:{token}".encode()).hexdigest()


def new_token() -> str:
    """A secret of 256 bits that stands for a session or a program."""
    return secrets.token_urlsafe(32)


def fingerprint(token: str) -> str:
    """What the store keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
