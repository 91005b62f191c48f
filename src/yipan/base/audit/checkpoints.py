"""Signed checkpoints: a few hundred bytes that say how far the journals reached. Kept elsewhere, they convict whoever
rewrites the whole chain, which nothing inside the database can."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from yipan.base.audit import journals, keys
from yipan.base.audit.models import Seal
from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput

FORMAT = "yipan-checkpoint-1"
NAME = "checkpoints.ndjson"
EVERY = timedelta(hours=1)
LONGEST = 8192
"""More bytes than a checkpoint has: the last one is read without the others."""


def make() -> dict[str, Any] | None:
    """A signed checkpoint of the newest seal; None when nothing is sealed yet."""
    last = Seal.objects.order_by("-number").only("number", "digest").first()
    if last is None:
        return None
    private = keys.private()
    said: dict[str, Any] = {
        "format": FORMAT,
        "at": clock.now().isoformat(),
        "seal": last.number,
        "digest": last.digest,
        "journals": {journal.code: _reached(journal.code, last.number) for journal in journals.every()},
        "key": keys.fingerprint(private.public_key()),
    }
    return said | {"signature": base64.b64encode(private.sign(_signed(said))).decode()}


def _reached(code: str, upto: int) -> dict[str, int]:
    rows = Seal.objects.filter(journal=code, number__lte=upto, count__gt=0)
    last = rows.order_by("-last_id").values_list("last_id", flat=True).first()
    return {"last_id": last or 0}


def read(text: str) -> dict[str, Any]:
    """A checkpoint as written. Raises InvalidInput("checkpoint_unreadable")."""
    try:
        said = json.loads(text)
        if said["format"] != FORMAT or not isinstance(said["seal"], int) or not isinstance(said["journals"], dict):
            raise ValueError
        datetime.fromisoformat(said["at"])
        str(said["digest"] + said["signature"] + said["key"])
    except (ValueError, TypeError, KeyError):
        raise InvalidInput("checkpoint_unreadable") from None
    return dict(said)


def is_signed(said: dict[str, Any], trusted: list[Ed25519PublicKey]) -> bool:
    """Whether one of the trusted keys signed exactly this."""
    try:
        signature = base64.b64decode(said["signature"], validate=True)
    except binascii.Error:
        return False
    rest = {name: value for name, value in said.items() if name != "signature"}
    return keys.signed_by_one_of(trusted, signature, _signed(rest))


def kept() -> Iterator[dict[str, Any]]:
    """The checkpoints beside the state of this installation, oldest first. Raises InvalidInput for a spoilt one."""
    path = _path()
    if path.exists():
        with path.open(encoding="utf-8") as lines:
            yield from (read(line) for line in lines if line.strip())


def newest() -> dict[str, Any] | None:
    """The last checkpoint that is kept beside the state."""
    path = _path()
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - LONGEST))
        lines = file.read().split(b"\n")
    return next((read(line.decode()) for line in reversed(lines) if line.strip()), None)


def keep_when_due() -> bool:
    """Append a checkpoint to those beside the state, unless the last one is younger than an hour or nothing is new."""
    before = newest()
    if before is not None and clock.now() - datetime.fromisoformat(before["at"]) < EVERY:
        return False
    new = make()
    if new is None or (before is not None and new["seal"] == before["seal"]):
        return False
    with _path().open("a", encoding="utf-8") as file:
        file.write(json.dumps(new, sort_keys=True) + "\n")
    return True


def _path() -> Path:
    return keys.directory() / NAME


def _signed(said: dict[str, Any]) -> bytes:
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
