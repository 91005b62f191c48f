"""Where keys come from, what happens without them, and the change of keys."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from yipan.base.patients.models import Identifier, Patient
from yipan.base.patients.tests.samples import registered
from yipan.base.vault import keys, resealing, settling
from yipan.base.vault.models import KnownKey, Reseal
from yipan.kernel.errors import InvalidInput, Unavailable
from yipan.kernel.sealing import Algorithm, KeyRing, new_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path, settings: Any) -> Path:
    """A place for a key file, and nothing there."""
    settings.YIPAN_KEYS, settings.YIPAN_KEYS_COMMAND = "", ""
    settings.YIPAN_KEY_FILE = tmp_path / "keys.json"
    return tmp_path / "keys.json"


def used() -> set[str]:
    return {row.key for row in resealing.in_use()}


def test_first_ring_is_made_once_and_private(file: Path) -> None:
    """A new installation gets a key file that only its owner reads; a second start leaves it as it is."""
    settling.prepare()
    settling.settle()
    first = file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    settling.prepare()
    settling.settle()
    assert file.read_text() == first
    assert [p.name for p in file.parent.iterdir()] == ["keys.json"]
    assert KnownKey.objects.get().pk == keys.ring().active


def test_lost_file_is_not_replaced(file: Path) -> None:
    """A database that has used keys is not given new ones: the start is refused with the keys it needs."""
    settling.prepare()
    settling.settle()
    active = keys.ring().active
    file.unlink()
    with pytest.raises(Unavailable, match="key_ring_lost") as caught:
        settling.prepare()
    assert caught.value.params["keys"] == active
    assert not file.exists()
    with pytest.raises(Unavailable, match="key_ring_missing"):
        keys.ring()


def test_ring_of_another_database_is_refused(file: Path) -> None:
    """A ring without the database's key, or with another key of its name, is refused."""
    settling.prepare()
    settling.settle()
    right = file.read_text()
    file.write_text(KeyRing.new(Algorithm.AES).written())
    with pytest.raises(Unavailable, match="key_missing"):
        settling.settle()
    other = KeyRing.new(Algorithm.AES)
    file.write_text(other.written().replace(other.active, KnownKey.objects.get().pk))
    with pytest.raises(InvalidInput, match="key_ring_other"):
        settling.settle()
    file.write_text(right)
    settling.settle()


def test_command_gives_the_keys(file: Path, settings: Any) -> None:
    """The keys may come from a program, such as one that asks a key service; it is asked once."""
    count = file.with_name("count")
    ring = KeyRing.new(Algorithm.SM4)
    file.write_text(ring.written())
    code = f"open({str(count)!r}, 'a').write('x'); print(open({str(file)!r}).read())"
    settings.YIPAN_KEYS_COMMAND = f'{sys.executable} -c "{code}"'
    assert keys.ring() == ring == keys.ring()
    assert count.read_text() == "x"
    with pytest.raises(InvalidInput, match="key_ring_not_ours"):
        keys.add(new_key(Algorithm.AES))
    settings.YIPAN_KEYS_COMMAND = f"{sys.executable} -c 'raise SystemExit(1)'"
    with pytest.raises(Unavailable, match="key_command_failed"):
        keys.ring()


def test_change_of_keys_goes_on_where_it_stopped(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything comes under the new key, of another cipher too, in batches and after a stop, and reads the same."""
    settling.prepare()
    monkeypatch.setattr(resealing, "BATCH", 2)
    people = [
        registered(name=f"李{c}", phone=f"1381234567{n}", identifiers=[("H1", str(n), "MR")])
        for n, c in enumerate("建国庆春秋")
    ]
    old = keys.ring().active
    keys.add(new_key(Algorithm.SM4))
    assert used() == {old}
    new = resealing.begin()
    resealing.advance(most=3)
    assert used() == {old, new}
    assert Reseal.objects.filter(done_at=None).exists()
    late = registered(name="王海", phone="13900000000")
    while resealing.advance(most=3):
        pass
    assert used() == {new}
    assert not resealing.work_left()
    told = {p.pk: p.phone for p in Patient.objects.all()}
    assert told == {p.pk: f"1381234567{n}" for n, p in enumerate(people)} | {late.pk: "13900000000"}
    assert sorted(i.value for i in Identifier.objects.all()) == list("01234")


def test_a_batch_that_fails_is_done_again(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch and how far it came are one transaction: after a failure nothing is skipped."""
    settling.prepare()
    registered(phone="13812345678")
    keys.add(new_key(Algorithm.AES))
    new = resealing.begin()
    real = resealing._reseal

    def broken(*given: Any) -> None:
        real(*given)
        raise RuntimeError

    monkeypatch.setattr(resealing, "_reseal", broken)
    with pytest.raises(RuntimeError):
        resealing.advance()
    monkeypatch.setattr(resealing, "_reseal", real)
    resealing.advance()
    assert used() == {new}


def test_statements_hold_no_open_value() -> None:
    """No statement that registers a patient carries a number or an address, not even in its locks."""
    seen: list[str] = []

    def listen(go: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(f"{sql} {params}")
        return go(sql, params, many, context)

    with connection.execute_wrapper(listen):
        registered(phone="13812345678", address="大桥路 1 号", identifiers=[("H1", "A77889900", "MR")])
    assert [s for s in seen for v in ("13812345678", "大桥路", "A77889900") if v in s] == []
