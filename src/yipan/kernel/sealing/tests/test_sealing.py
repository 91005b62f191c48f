"""Sealing values: what opens, what does not, and what a ring of keys is."""

from __future__ import annotations

import json

import pytest

from yipan.kernel.errors import InvalidInput, Unavailable
from yipan.kernel.sealing import Algorithm, KeyRing, digest, key_of, new_key, seal, unseal

BOTH = pytest.mark.parametrize("algorithm", list(Algorithm))


@BOTH
def test_opens_only_in_its_place(algorithm: Algorithm) -> None:
    """A value opens with its context and with no other, and shows nothing of itself."""
    ring = KeyRing.new(algorithm)
    sealed = seal(ring, b"13812345678", b"patients.phone\0one")
    assert unseal(ring, sealed, b"patients.phone\0one") == b"13812345678"
    assert b"13812345678" not in sealed
    with pytest.raises(InvalidInput, match="sealed_value_broken"):
        unseal(ring, sealed, b"patients.phone\0two")


@BOTH
def test_every_changed_byte_is_noticed(algorithm: Algorithm) -> None:
    """Whatever byte of a sealed value is changed, the header's too, it does not open."""
    ring = KeyRing.new(algorithm)
    sealed = seal(ring, b"value", b"row")
    for place in range(len(sealed)):
        broken = bytearray(sealed)
        broken[place] ^= 1
        with pytest.raises((InvalidInput, Unavailable)):
            unseal(ring, bytes(broken), b"row")


def test_old_keys_open_and_the_new_one_seals() -> None:
    """After a change of keys, also to another cipher, old values open and new ones name the new key."""
    old = KeyRing.new(Algorithm.AES)
    sealed = seal(old, b"value", b"row")
    ring = old.with_key(new_key(Algorithm.SM4))
    assert unseal(ring, sealed, b"row") == b"value"
    assert key_of(seal(ring, b"value", b"row")) == ring.active != old.active
    assert digest(ring, "phone", "1") == digest(old, "phone", "1")


def test_lost_key_is_named() -> None:
    """Without its key a value does not open, and the error says which key is missing."""
    sealed = seal(KeyRing.new(Algorithm.AES), b"value", b"row")
    with pytest.raises(Unavailable, match=f"key_missing: key='{key_of(sealed)}'"):
        unseal(KeyRing.new(Algorithm.AES), sealed, b"row")


def test_digests_need_the_key_and_part_unlike_things() -> None:
    """Equal texts have equal digests in one domain of one ring only."""
    ring, other = KeyRing.new(Algorithm.AES), KeyRing.new(Algorithm.AES)
    assert digest(ring, "phone", "1") == digest(ring, "phone", "1")
    assert len({digest(ring, "phone", "1"), digest(ring, "number", "1"), digest(other, "phone", "1")}) == 3


def test_ring_is_written_and_read() -> None:
    """A ring read again is the same ring; a damaged one is refused, and no ring shows its secrets when printed."""
    ring = KeyRing.new(Algorithm.SM4).with_key(new_key(Algorithm.AES))
    assert KeyRing.read(ring.written(), "here") == ring
    assert json.loads(ring.written())["keys"][0]["secret"] not in repr(ring) + repr(ring.keys)
    for broken in ("", "{}", ring.written().replace(ring.active, "00000000", 1), ring.written()[:-5]):
        with pytest.raises(InvalidInput, match="key_ring_unreadable"):
            KeyRing.read(broken, "here")
