"""Files that try to harm the import of a network: bombs, paths that lead out, broken and lying archives."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

import pytest
from django.urls import reverse

from tests.fuzz.answers import Asked, ask
from tests.fuzz.sending import MULTIPART, with_file
from tests.fuzz.world import EVERYBODY, World
from yipan.base.network import files

pytestmark = pytest.mark.django_db

SITES = b"code,name\n"


def zipped(*members: tuple[str, bytes]) -> bytes:
    """A zip of these members, compressed."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return made.getvalue()


def claiming(size: int) -> bytes:
    """A zip whose directory claims another unpacked size than the truth."""
    data = bytearray(zipped(("sites.csv", SITES * 50)))
    place = data.rindex(b"PK\x01\x02") + 24
    data[place : place + 4] = struct.pack("<I", size)
    return bytes(data)


def broken() -> bytes:
    """A zip whose compressed bytes are damaged."""
    data = bytearray(zipped(("sites.csv", bytes(range(256)) * 40)))
    data[60:90] = b"\xff" * 30
    return bytes(data)


def encrypted() -> bytes:
    """A zip that says it needs a password."""
    data = bytearray(zipped(("sites.csv", SITES)))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


ZIPS: dict[str, Callable[[], bytes]] = {
    "no zip": lambda: b"PK\x03\x04 and then nothing",
    "leads out": lambda: zipped(
        ("../../../../tmp/yipan-slipped.csv", SITES), ("/etc/passwd", b"x"), ("c:\\x.csv", b"x")
    ),
    "same name twice": lambda: zipped(("sites.csv", SITES), ("a/sites.csv", SITES)),
    "claims more": lambda: claiming(2**31),
    "claims less": lambda: claiming(3),
    "broken": broken,
    "encrypted": encrypted,
    "zip in zip": lambda: zipped(("sites.zip", zipped(("sites.csv", SITES)))),
    "odd names": lambda: zipped(("\u202egpj.csv", SITES), ("王" * 200 + ".csv", SITES)),
    "nothing": lambda: zipped(),
}
DOCUMENTS: dict[str, tuple[str, bytes]] = {
    "deep TOML": ("n.toml", b"a = " + b"[" * 5000 + b"]" * 5000),
    "deep tables": ("n.toml", b"[" + b"a." * 5000 + b"a]\nx = 1\n"),
    "deep JSON": ("n.json", b'{"sites":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "number of 5,000 digits": ("n.json", b'{"sites":[{"code":' + b"9" * 5000 + b"}]}"),
    "number of 5,000 digits in TOML": ("n.toml", b"[[sites]]\ncode = " + b"9" * 5000),
    "no number": ("n.json", b'{"sites":[{"code":"X","latitude":NaN,"longitude":-Infinity}]}'),
    "surrogate": ("n.json", b'{"sites":[{"code":"\\ud800","name":"x"}]}'),
    "NUL": ("n.json", b'{"sites":[{"code":"a\\u0000b","name":"x"}]}'),
    "a list": ("n.json", b"[1, 2]"),
    "policy of dates": (
        "n.toml",
        b"[policy.G]\nreserve = 1979-05-27T07:32:00Z\n[policy.H.reserve]\ndefault_beds = nan\n",
    ),
    "quote that never ends": ("sites.csv", b'code,name\n"' + b"x" * 300_000),
    "a column of each letter": ("sites.csv", b",".join(b"c%d" % n for n in range(20_000))),
    "UTF-16 without an end": ("sites.csv", b"\xff\xfec\x00o\x00d"),
    "name with a NUL": ("si\x00tes.csv", SITES),
    "name of a path": ("../../sites.csv", SITES),
    "long name": ("s" * 4000 + ".csv", SITES),
}


@pytest.mark.parametrize("kind", [*ZIPS, *DOCUMENTS])
def test_harmful_files_are_refused(world: World, kind: str) -> None:
    """A file that is no network is refused in words; nothing is stored, and nothing outside the database is written."""
    name, data = DOCUMENTS.get(kind) or ("network.zip", ZIPS[kind]())
    statuses: list[int] = []
    asked = Asked("POST", reverse("network:import"), with_file("file", name, data), MULTIPART)
    assert ask(world.browser(EVERYBODY), asked, statuses.append) == []
    assert statuses[0] in (400, 413, 422)


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive that would unpack to more than the limit is refused by its directory, before a byte is unpacked."""
    bomb = zipped(*((f"{n}.csv", bytes(40_000_000)) for n in range(8)))
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *given: pytest.fail("unpacked"))
    (problem,) = files.read_bytes("network.zip", bomb).problems
    assert problem.code == "network_file_too_large"
    assert len(bomb) < 1_000_000


def test_deep_policy_text_is_refused(world: World) -> None:
    """A policy typed as text that nests without end, or holds what is no setting, is refused in words."""
    organisation = world.hospital.network.organisation.pk
    path = reverse("network:policy", args=[organisation]) + "?view=text"
    browser = world.browser(EVERYBODY)
    for text in (
        "a = " + "[" * 5000 + "]" * 5000,
        "reserve = 1979-05-27",
        "reserve.default_beds = nan",
        "version = 1e999",
    ):
        statuses: list[int] = []
        body = b"text=" + text.encode().replace(b"+", b"%2B")
        assert ask(browser, Asked("POST", path, body), statuses.append) == [], text[:40]
        assert statuses == [422], text[:40]
