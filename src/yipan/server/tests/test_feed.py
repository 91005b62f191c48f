"""The feed of live updates against a real database: nothing lost, nothing for the wrong eyes, no names."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connections

from yipan.server import feed as feeds
from yipan.server.feed import Feed, Look, Subscriber
from yipan.spine.testing import small_network

pytestmark = pytest.mark.django_db(transaction=True)

EVERYWHERE = ("",)


def database(*, autocommit: bool = True) -> psycopg.Connection:
    parameters = connections["default"].get_connection_params()
    for name in ("cursor_factory", "context"):
        parameters.pop(name, None)
    return psycopg.connect(**parameters, autocommit=autocommit)


def happen(connection: psycopg.Connection, kind: str, site: UUID | None = None) -> None:
    connection.execute(
        "INSERT INTO spine_event (kind, line, at, recorded_at, actor_name, data, site_id)"
        " VALUES (%s, 'test', now(), now(), '张三', '{\"name\": \"李四\"}', %s)",
        [kind, site],
    )


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[Feed]:
    feed = Feed()
    task = asyncio.create_task(feed.run())
    try:
        await asyncio.wait_for(feed.since(0), 10)
        yield feed
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def subscriber(feed: Feed, paths: tuple[str, ...] = EVERYWHERE) -> Subscriber:
    new = Subscriber(paths)
    feed.add(new)
    return new


async def take(reader: Subscriber, count: int = 1) -> list[dict[str, Any]]:
    """The next `count` messages: their data, and the id that the stream had after them as "last"."""
    told: list[dict[str, Any]] = []
    while len(told) < count:
        chunk = await reader.take(10)
        assert chunk, f"only {told} came"
        told += parsed(chunk)
    return told


def parsed(chunk: bytes) -> list[dict[str, Any]]:
    messages = []
    for block in chunk.decode().strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        messages.append(json.loads(fields["data"]) | {"type": fields.get("event"), "last": fields.get("id")})
    return messages


def run(body: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(body(), 60))


def test_a_committed_event_arrives_with_identifiers_only() -> None:
    """What a transaction wrote is told after its commit, without any word of what was written."""
    network = small_network()

    async def body() -> None:
        async with running() as feed:
            reader = subscriber(feed)
            with database() as writer:
                happen(writer, "bed.ready", network.site.id)
            (message,) = await take(reader)
            number, last = message.pop("id"), message.pop("last")
            assert isinstance(number, int)
            assert last is not None
            places = {"site": str(network.site.id), "ward": None, "capacity": None, "request": None}
            assert message == {"kind": "bed.ready", "type": None, **places}

    run(body)


def test_events_go_only_where_the_organisation_allows() -> None:
    """A stream gets events of its own subtree of organisations, and those that belong to no site."""
    ours, theirs = small_network(), small_network()

    async def body() -> None:
        async with running() as feed:
            reader = subscriber(feed, (ours.organisation.path,))
            nobody = subscriber(feed, ())
            with database() as writer:
                happen(writer, "theirs", theirs.site.id)
                happen(writer, "ours", ours.site.id)
                happen(writer, "network.changed")
            assert [message["kind"] for message in await take(reader, 2)] == ["ours", "network.changed"]
            assert [message["kind"] for message in await take(nobody)] == ["network.changed"]

    run(body)


def test_a_slow_transaction_is_not_lost_on_reconnecting() -> None:
    """An event with a smaller number that commits later reaches those who listen and those who come back."""

    async def body() -> None:
        async with running() as feed:
            reader = subscriber(feed)
            with database(autocommit=False) as slow, database() as quick:
                happen(slow, "slow")
                happen(quick, "quick")
                (first,) = await take(reader)
                assert first["kind"] == "quick"
                feed.remove(reader)  # the browser loses its connection here, knowing first["last"]
                other = subscriber(feed)
                slow.commit()
            (second,) = await take(other)
            assert second["kind"] == "slow"
            assert second["id"] < first["id"]
            replayed = await feed.since(int(first["last"]))
            assert {json.loads(change.data)["kind"] for change in replayed.changes} >= {"slow"}

    run(body)


def test_nothing_is_told_twice_while_a_transaction_stays_open() -> None:
    """A long transaction makes the feed look at the same events again; listeners still hear each once."""

    async def body() -> None:
        async with running() as feed:
            reader = subscriber(feed)
            with database(autocommit=False) as slow, database() as quick:
                happen(slow, "slow")
                for number in range(3):
                    happen(quick, f"quick-{number}")
                    assert [message["kind"] for message in await take(reader)] == [f"quick-{number}"]
                slow.commit()
            assert [message["kind"] for message in await take(reader)] == ["slow"]

    run(body)


def test_only_the_last_message_of_a_batch_moves_the_id() -> None:
    """Who is cut off in the middle of a batch comes back with the id from before it, and gets the whole batch."""

    async def body() -> None:
        async with running() as feed:
            reader = subscriber(feed)
            with database(autocommit=False) as writer:
                for number in range(3):
                    happen(writer, f"part-{number}")
                writer.commit()
            assert [message["last"] is None for message in await take(reader, 3)] == [True, True, False]

    run(body)


def test_what_happened_while_the_database_was_away_is_told_afterwards() -> None:
    """When the listening connection is killed, the feed comes back and tells what it missed."""

    async def body() -> None:
        async with running() as feed:
            reader = subscriber(feed)
            with database() as writer:
                writer.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND query LIKE 'LISTEN yipan_event%'"
                )
                happen(writer, "missed")
            assert [message["kind"] for message in await take(reader)] == ["missed"]

    run(body)


def test_a_slow_reader_is_told_to_start_afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream that does not take its messages keeps one `reset` instead of a growing queue."""
    monkeypatch.setattr(feeds, "MOST_WAITING", 2)
    reader = Subscriber(EVERYWHERE)
    for number in range(10):
        reader.offer(Look(100 + number, (feeds.Change(number, 100, None, b"{}"),)))

    async def body() -> None:
        told = []
        while chunk := await reader.take(0):
            told += parsed(chunk)
        assert len(told) <= 2
        assert told[0]["type"] == "reset"

    run(body)


def test_too_much_to_replay_is_a_reset(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who was away too long, or comes with a number of another database, is told to load the page again."""
    monkeypatch.setattr(feeds, "MOST_IN_ONE_READ", 3)

    async def body() -> None:
        async with running() as feed:
            before = feed.xmin
            with database() as writer:
                for number in range(5):
                    happen(writer, f"much-{number}")
            for since in (before, 2**60):
                look = await feed.since(since)
                assert look.is_too_much
                reader = Subscriber(EVERYWHERE)
                reader.offer(look)
                assert [message["type"] for message in await take(reader)] == ["reset"]

    run(body)
