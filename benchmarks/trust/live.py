"""From a commit to five hundred browsers: how long an event takes to every open stream, and whether any misses one."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import time
from datetime import timedelta

import numpy as np

from benchmarks.trust.processes import free_port, running
from benchmarks.trust.report import Report

LISTENERS, EVENTS, EVERY = 500, 60, 0.25


def measure(report: Report) -> None:
    """Open the streams, commit a booking every quarter of a second, and note when each stream hears of it."""
    port = free_port()
    cookie = _login()

    def answers() -> None:
        browser = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        browser.request("GET", "/healthz")
        browser.getresponse().read()

    with running("web", ready=answers, YIPAN_PORT=str(port), YIPAN_HOSTS="127.0.0.1"):
        lags, missing = asyncio.run(_watch(port, cookie))
    report.at_most(f"commit to {LISTENERS} browsers, p50", float(np.percentile(lags, 50)), "ms", 100)
    report.at_most("… p99", float(np.percentile(lags, 99)), "ms", 500)
    report.at_most("… events missed", missing, "", 0)


def _login() -> str:
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    from yipan.base.access.models import Grant
    from yipan.base.access.roles import Role
    from yipan.base.network.models import Organisation

    user, _ = User.objects.get_or_create(username="bench")
    Grant.objects.get_or_create(user=user, role=Role.COORDINATOR, organisation=Organisation.objects.get(code="BENCH"))
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


async def _watch(port: int, cookie: str) -> tuple[list[float], int]:
    heard: list[dict[str, float]] = [{} for _ in range(LISTENERS)]
    ready = asyncio.Semaphore(0)
    tasks = [asyncio.create_task(_listen(port, cookie, book, ready)) for book in heard]
    for _ in tasks:
        await ready.acquire()
    committed = await asyncio.to_thread(_commit)
    deadline = time.monotonic() + 30
    while any(len(book) < len(committed) for book in heard) and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    for task in tasks:
        task.cancel()
    lags = [(book[key] - at) * 1000 for book in heard for key, at in committed.items() if key in book]
    return lags, LISTENERS * len(committed) - len(lags)


async def _listen(port: int, cookie: str, book: dict[str, float], ready: asyncio.Semaphore) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nAccept: text/event-stream\r\n\r\n".encode()
    )
    status = await reader.readline()
    assert b"200" in status, status
    ready.release()
    while line := await reader.readline():
        if line.startswith(b"data: {") and b'"request"' in line:
            at = time.monotonic()
            told = json.loads(line[6:])
            if told.get("request") and told["kind"] == "booking.held":
                book.setdefault(told["request"], at)


def _commit() -> dict[str, float]:
    """Bookings, one after the other; the instant after each commit by its request."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    from django.db import connections

    from yipan.base.access import SYSTEM
    from yipan.kernel import clock
    from yipan.spine import booking
    from yipan.spine.models import Capacity, Request

    beds = list(Capacity.objects.filter(bookings=None).order_by("-id").values_list("pk", flat=True)[:EVENTS])
    requests = list(Request.objects.filter(bookings=None).select_related("patient").order_by("-id")[:EVENTS])
    start, done = clock.now() + timedelta(days=3), {}
    for bed, request in zip(beds, requests, strict=True):
        claim = booking.Claim(bed, request, start, start + timedelta(days=2))
        booking.hold(claims=[claim], by=SYSTEM, keep=timedelta(days=30))
        done[str(request.pk)] = time.monotonic()
        time.sleep(EVERY)  # the pace of the load, not a wait for anything
    connections.close_all()
    return done
