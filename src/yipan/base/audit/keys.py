"""The pair of keys that signs checkpoints (Ed25519, RFC 8032): made at first use, kept beside the state, not in the
database, so that whoever owns the database cannot sign."""

from __future__ import annotations

import os
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings

from yipan.kernel.errors import InvalidInput

NAME = "signing.key"


def directory() -> Path:
    """Where keys and checkpoints of this installation lie."""
    return Path(settings.YIPAN_AUDIT_DIRECTORY)


def private() -> Ed25519PrivateKey:
    """The signing key, made now when there is none; its file is readable by its owner only."""
    path = directory() / NAME
    if not path.exists():
        _make(path)
    return _private(path.read_bytes())


def public_pem() -> bytes:
    """The public key of this installation, to keep beside checkpoints."""
    return private().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def public_from_pem(pem: bytes) -> Ed25519PublicKey:
    """Raises InvalidInput("audit_key_unreadable")."""
    try:
        key = load_pem_public_key(pem)
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise InvalidInput("audit_key_unreadable")
    return key


def fingerprint(key: Ed25519PublicKey) -> str:
    """SHA-256 of the raw public key, hexadecimal: what a person compares."""
    return sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()


def signed_by_one_of(keys: Iterable[Ed25519PublicKey], signature: bytes, text: bytes) -> bool:
    """Whether one of the keys signed the text."""
    for key in keys:
        try:
            key.verify(signature, text)
        except InvalidSignature:
            continue
        return True
    return False


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    new = path.with_suffix(f".{os.getpid()}.new")
    new.touch(mode=0o600)
    new.write_bytes(pem)
    try:
        os.link(new, path)  # fails when another process was quicker: its key counts
    except FileExistsError:
        pass
    finally:
        new.unlink()


def _private(pem: bytes) -> Ed25519PrivateKey:
    key = load_pem_private_key(pem, password=None)
    assert isinstance(key, Ed25519PrivateKey)
    return key
