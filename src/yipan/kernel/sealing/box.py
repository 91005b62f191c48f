"""Sealing and opening one value.

A sealed value is: 1 (format), number of the cipher, key (4 bytes), nonce (12 bytes), ciphertext with its tag (16 bytes
longer than the value). The header and the `context` (which table, column and row) are authenticated: a value that was
changed, or copied to another place, does not open. Nonces are random; a key seals at most 2^32 values (SP 800-38D,
section 8.3), so keys are rotated long before.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

from yipan.kernel.errors import InvalidInput, Unavailable
from yipan.kernel.sealing.ring import Algorithm, Key, KeyRing

FORMAT = 1
NONCE_BYTES, TAG_BYTES = 12, 16
HEADER_BYTES = 6
SHORTEST = HEADER_BYTES + NONCE_BYTES + TAG_BYTES
DIGEST_BYTES = 16
"""Half of SHA-256: two of 10^9 values fall together with a chance below 10^-20."""


def seal(ring: KeyRing, value: bytes, context: bytes) -> bytes:
    """The value sealed with the active key for this context. Raises Unavailable("cipher_unavailable")."""
    key = ring.key(ring.active)
    header = bytes((FORMAT, key.algorithm.number)) + bytes.fromhex(key.id)
    nonce = os.urandom(NONCE_BYTES)
    if key.algorithm is Algorithm.AES:
        return header + nonce + _aes(key.secret).encrypt(nonce, value, header + context)
    return header + nonce + _sm4_encrypt(key, nonce, value, header + context)


def unseal(ring: KeyRing, sealed: bytes, context: bytes) -> bytes:
    """What was sealed. Raises Unavailable("key_missing"), InvalidInput("sealed_value_broken")."""
    key = ring.key(key_of(sealed))
    header, nonce, body = (
        sealed[:HEADER_BYTES],
        sealed[HEADER_BYTES : HEADER_BYTES + NONCE_BYTES],
        sealed[HEADER_BYTES + NONCE_BYTES :],
    )
    try:
        if key.algorithm is Algorithm.AES:
            return _aes(key.secret).decrypt(nonce, body, header + context)
        return _sm4_decrypt(key, nonce, body, header + context)
    except InvalidTag:
        raise InvalidInput("sealed_value_broken") from None


def key_of(sealed: bytes) -> str:
    """Identifier of the key that a value was sealed with. Raises InvalidInput("sealed_value_broken")."""
    if len(sealed) < SHORTEST or sealed[0] != FORMAT:
        raise InvalidInput("sealed_value_broken")
    return sealed[2:HEADER_BYTES].hex()


def digest(ring: KeyRing, domain: str, text: str) -> bytes:
    """What equal texts of one domain have in common, and nobody can compute without the key (HMAC-SHA-256)."""
    return hmac.digest(ring.index, f"{domain}\0{text}".encode(), hashlib.sha256)[:DIGEST_BYTES]


@lru_cache(maxsize=64)
def _aes(secret: bytes) -> AESGCM:
    return AESGCM(secret)


def _sm4_encrypt(key: Key, nonce: bytes, value: bytes, authenticated: bytes) -> bytes:
    try:
        work = Cipher(SM4(key.secret), GCM(nonce)).encryptor()
    except UnsupportedAlgorithm:
        raise Unavailable("cipher_unavailable", cipher=str(key.algorithm)) from None
    work.authenticate_additional_data(authenticated)
    return work.update(value) + work.finalize() + work.tag


def _sm4_decrypt(key: Key, nonce: bytes, body: bytes, authenticated: bytes) -> bytes:
    try:
        work = Cipher(SM4(key.secret), GCM(nonce, body[-TAG_BYTES:])).decryptor()
    except UnsupportedAlgorithm:
        raise Unavailable("cipher_unavailable", cipher=str(key.algorithm)) from None
    work.authenticate_additional_data(authenticated)
    return work.update(body[:-TAG_BYTES]) + work.finalize()
