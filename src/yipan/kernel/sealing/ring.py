"""A ring of keys: one seals, the others still open, and one more makes digests to search by."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput, Unavailable

INDEX_BYTES = 32


class Algorithm(StrEnum):
    """Authenticated ciphers. SM4 (GB/T 32907) in the mode of GB/T 36624, AES in that of NIST SP 800-38D."""

    AES = "AES-256-GCM"
    SM4 = "SM4-GCM"

    @property
    def key_bytes(self) -> int:
        return 32 if self is Algorithm.AES else 16

    @property
    def number(self) -> int:
        """How a sealed value names its cipher."""
        return 1 if self is Algorithm.AES else 2


@dataclass(frozen=True, slots=True)
class Key:
    """`id` is eight hexadecimal digits; `made_at` text, for people."""

    id: str
    algorithm: Algorithm
    secret: bytes
    made_at: str = ""

    def __repr__(self) -> str:
        return f"Key({self.id}, {self.algorithm})"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """`active` is the identifier of the key that seals; `index` makes digests and never changes (docs/adr/0004)."""

    keys: tuple[Key, ...]
    active: str
    index: bytes

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(k.id for k in self.keys)})"

    @classmethod
    def new(cls, algorithm: Algorithm) -> KeyRing:
        """A ring of one fresh key."""
        key = new_key(algorithm)
        return cls((key,), key.id, secrets.token_bytes(INDEX_BYTES))

    @classmethod
    def read(cls, text: str, place: str) -> KeyRing:
        """A ring from its JSON; `place` is named in errors. Raises InvalidInput("key_ring_unreadable")."""
        try:
            told = json.loads(text)
            keys = tuple(_key(one) for one in told["keys"])
            ring = cls(keys, str(told["active"]), base64.b64decode(told["index"], validate=True))
        except (ValueError, KeyError, TypeError):
            raise InvalidInput("key_ring_unreadable", place=place) from None
        if (
            ring.active not in {k.id for k in keys}
            or len(ring.index) != INDEX_BYTES
            or len({k.id for k in keys}) < len(keys)
        ):
            raise InvalidInput("key_ring_unreadable", place=place)
        return ring

    def written(self) -> str:
        """The JSON that `read` reads."""
        keys = [
            {"id": k.id, "algorithm": str(k.algorithm), "secret": _text(k.secret), "made_at": k.made_at}
            for k in self.keys
        ]
        return json.dumps({"version": 1, "active": self.active, "keys": keys, "index": _text(self.index)}, indent=2)

    def key(self, key_id: str) -> Key:
        """The key of this identifier. Raises Unavailable("key_missing")."""
        for key in self.keys:
            if key.id == key_id:
                return key
        raise Unavailable("key_missing", key=key_id)

    def with_key(self, key: Key) -> KeyRing:
        """The ring with one more key, which seals from now on."""
        return replace(self, keys=(*self.keys, key), active=key.id)


def new_key(algorithm: Algorithm) -> Key:
    """A fresh random key."""
    made_at = clock.now().isoformat(timespec="seconds")
    return Key(secrets.token_hex(4), algorithm, secrets.token_bytes(algorithm.key_bytes), made_at)


def _key(told: dict[str, Any]) -> Key:
    algorithm = Algorithm(told["algorithm"])
    secret = base64.b64decode(told["secret"], validate=True)
    key_id = str(told["id"])
    if len(secret) != algorithm.key_bytes or len(bytes.fromhex(key_id)) != 4:
        raise ValueError("a key of the wrong length")
    return Key(key_id, algorithm, secret, str(told.get("made_at", "")))


def _text(secret: bytes) -> str:
    return base64.b64encode(secret).decode()
