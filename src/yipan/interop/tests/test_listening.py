"""The loop that applies messages."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import OperationalError, connection

from yipan.interop import listening
from yipan.interop.batches import Turns
from yipan.interop.inbound import receive
from yipan.interop.models import InboundMessage
from yipan.interop.tests.his import PEER, His
from yipan.spine.testing import small_network

PATIENCE = 30.0
"""Seconds until a test gives up; reached only when it fails."""


def ears() -> psycopg.Connection:
    params = connection.get_connection_params()
    for name in ("cursor_factory", "context"):
        params.pop(name)
    return psycopg.connect(**params, autocommit=True)


@contextmanager
def loop(monkeypatch: pytest.MonkeyPatch, *, first: Exception | None = None) -> Iterator[tuple[threading.Event, ...]]:
    """The running loop: an event that is set when it waits for something to do, and one when it has done something."""
    real, failures = Turns.take, [first] if first else []
    idle, done, stop = threading.Event(), threading.Event(), threading.Event()

    def watched(turns: Turns) -> int:
        if failures:
            raise failures.pop()
        taken = real(turns)
        (done if taken else idle).set()
        return taken

    def body() -> None:
        try:
            listening.run(stop, ears)
        finally:
            connection.close()

    monkeypatch.setattr(Turns, "take", watched)
    thread = threading.Thread(target=body)
    thread.start()
    try:
        yield idle, done
    finally:
        stop.set()
        thread.join(PATIENCE)
    assert not thread.is_alive()


@pytest.mark.django_db(transaction=True)
def test_woken_by_a_message(monkeypatch: pytest.MonkeyPatch):
    """A message that is stored while the loop waits is applied at once, not at the next look."""
    monkeypatch.setattr(listening, "LOOK_EVERY", 3600.0)
    his = His(small_network())
    with loop(monkeypatch) as (idle, done):
        assert idle.wait(PATIENCE)
        receive(his.raw("A28"), PEER)
        assert done.wait(PATIENCE)
    assert InboundMessage.objects.get().state == "applied"


@pytest.mark.django_db(transaction=True)
def test_goes_on_after_the_database_was_away(monkeypatch: pytest.MonkeyPatch):
    """A lost connection interrupts the loop and does not end it."""
    monkeypatch.setattr(listening, "AGAIN", 0.01)
    his = His(small_network())
    receive(his.raw("A28"), PEER)
    with loop(monkeypatch, first=OperationalError("server closed the connection")) as (_, done):
        assert done.wait(PATIENCE)
    assert InboundMessage.objects.get().state == "applied"


@pytest.mark.django_db(transaction=True)
def test_goes_on_after_a_bug(monkeypatch: pytest.MonkeyPatch):
    """An unexpected error does not end the loop either: the listener would store on and nobody would apply."""
    monkeypatch.setattr(listening, "AGAIN", 0.01)
    his = His(small_network())
    receive(his.raw("A28"), PEER)
    with loop(monkeypatch, first=RuntimeError("a bug")) as (_, done):
        assert done.wait(PATIENCE)
    assert InboundMessage.objects.get().state == "applied"
