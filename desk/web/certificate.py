"""The certificate: names and a folder come in, a certificate for TLS with its fingerprint goes out.

A self-signed one is made here, kept for its owner's eyes and made anew before it ends or when the
computer's addresses are others; an office may bring its own. Whoever opens the desk on a telephone
compares the fingerprint with the one on the screen of the computer that serves it.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from records.database import make_private
from records.errors import Refused

if TYPE_CHECKING:
    from cryptography import x509

LASTS, RENEWED = timedelta(days=365), timedelta(days=30)
"""How long a certificate serves, and how long before its end another is made."""
_FILE, _KEY = "certificate.pem", "key.pem"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate's file with its key's, the names that it is for, and until when it serves."""

    file: Path
    key: Path
    names: frozenset[str]
    until: datetime
    fingerprint: str


def own_certificate(folder: Path, names: Iterable[str], now: datetime | None = None) -> Certificate:
    """The self-signed certificate in a folder for these names; made anew when it does not serve them."""
    now, wanted = now or datetime.now(UTC), frozenset(names)
    make_private(folder)
    file, key = folder / _FILE, folder / _KEY
    if file.is_file() and key.is_file():
        try:
            found = office_certificate(file, key)
            if wanted <= found.names and found.until - RENEWED > now:
                return found
        except Refused:
            pass
    _make(file, key, wanted, now)
    return office_certificate(file, key)


def office_certificate(file: Path, key: Path) -> Certificate:
    """A certificate as it lies in two PEM files. Raises Refused (`certificate_unusable`; facts: file)."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(file, key, password="")
        found = x509.load_pem_x509_certificate(file.read_bytes())
    except (OSError, ValueError) as error:
        raise Refused("certificate_unusable", file=file) from error
    fingerprint = found.fingerprint(hashes.SHA256()).hex(":").upper()
    return Certificate(file, key, _names(found), found.not_valid_after_utc, fingerprint)


def _names(found: x509.Certificate) -> frozenset[str]:
    from cryptography import x509

    try:
        told = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return frozenset()
    addresses = map(str, told.get_values_for_type(x509.IPAddress))
    return frozenset((*told.get_values_for_type(x509.DNSName), *addresses))


def _make(file: Path, key: Path, names: frozenset[str], now: datetime) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "dangan")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LASTS)
        .add_extension(x509.SubjectAlternativeName([_general(one) for one in sorted(names)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(secret, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    _write(key, secret.private_bytes(pem, *plain))
    _write(file, made.public_bytes(pem))


def _general(name: str) -> x509.GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write(file: Path, text: bytes) -> None:
    """The whole file or none, for its owner only."""
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(text)
    new.replace(file)
