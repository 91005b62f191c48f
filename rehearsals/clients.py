"""Clients of the one address: people who read and book, open streams of live updates, and hospital systems that send.

Each repeats a request once when it is cut off, as a browser's user or an interface engine would. What fails twice is a
failure that somebody noticed.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

from yipan.codecs.hl7v2.ack import read_answer
from yipan.interop.mllp import client as mllp
from yipan.kernel.errors import Unavailable

TRIES_FOR_MESSAGE = 60
TOKEN = "t" * 32
CUT_OFF = (OSError, http.client.HTTPException)


@dataclass
class Tally:
    """What all clients saw, by name."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, name: str, n: int = 1) -> None:
        with self._lock:
            self.counts[name] += n

    def fail(self, what: str) -> None:
        with self._lock:
            self.failures.append(what)


class Client(threading.Thread):
    """Does `step` again and again until told to stop."""

    def __init__(self, tally: Tally, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.tally, self.stopping = tally, stop

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                self.step()
            except Exception as error:
                self.tally.fail(f"{type(self).__name__}: {type(error).__name__}: {error}")

    def step(self) -> None:
        raise NotImplementedError


class Browser(Client):
    """Somebody who is logged in, by the address of the balancer."""

    def __init__(self, tally: Tally, stop: threading.Event, port: int, session: str) -> None:
        super().__init__(tally, stop)
        self.port = port
        self.headers = {"Cookie": f"sessionid={session}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}

    def ask(self, method: str, path: str, **form: str) -> tuple[int, bool]:
        """Status, and whether the request had to be repeated. Raises RuntimeError when that did not help."""
        for again in (False, True):
            try:
                status = self._once(method, path, form)
            except CUT_OFF as error:
                status = 0
                what = type(error).__name__
            else:
                what = str(status)
            if status and status < 500:
                return status, again
            self.tally.count("requests repeated" if not again else "requests lost")
            time.sleep(0.3)
        raise RuntimeError(f"{method} {path.split('/')[1]}: {what} twice")

    def _once(self, method: str, path: str, form: dict[str, str]) -> int:
        browser = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        body = urlencode(form) if form else None
        more = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        try:
            browser.request(method, path, body, {**self.headers, **more})
            answer = browser.getresponse()
            answer.read()
            return answer.status
        finally:
            browser.close()


class Reader(Browser):
    """Looks at the board."""

    def step(self) -> None:
        status, _ = self.ask("GET", "/beds")
        if status != 200:
            raise RuntimeError(f"board: {status}")
        self.tally.count("boards read")
        self.stopping.wait(0.5)


class Booker(Browser):
    """Holds a bed for a patient and gives it back, over and over; what was asked twice must have happened once."""

    request: str
    bed: str
    live: Callable[[], str | None]

    def step(self) -> None:
        status, again = self.ask("POST", f"/desk/{self.request}/hold", bed=self.bed)
        if status != 302 and not (again and status == 409):
            raise RuntimeError(f"hold: {status}")
        booking = self.live()
        if booking is None:
            raise RuntimeError("a hold that was acknowledged is not there")
        self.tally.count("beds held")
        status, again = self.ask("POST", f"/desk/bookings/{booking}/release", reason="rehearsal")
        if status != 302 and not (again and status == 409):
            raise RuntimeError(f"release: {status}")
        if self.live() is not None:
            raise RuntimeError("a bed that was given back is still held")
        self.tally.count("beds given back")


class Stream(Browser):
    """Keeps live updates open, comes back with the last id when cut off, and remembers every event it saw."""

    def __init__(self, tally: Tally, stop: threading.Event, port: int, session: str, since: str) -> None:
        super().__init__(tally, stop, port, session)
        self.last, self.seen, self.opened = since, set[int](), threading.Event()

    def step(self) -> None:
        browser = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            browser.request("GET", "/live", headers={**self.headers, "Last-Event-ID": self.last})
            answer = browser.getresponse()
            if answer.status == 200:
                self.opened.set()
                self._read(answer)
        except CUT_OFF:
            pass
        finally:
            browser.close()
        if not self.stopping.is_set():
            self.tally.count("streams reopened")
            time.sleep(0.5)

    def _read(self, answer: http.client.HTTPResponse) -> None:
        kind, events = "message", list[int]()
        while not self.stopping.is_set() and (line := answer.readline().decode()):
            name, _, value = line.rstrip("\n").partition(": ")
            if name == "event":
                kind = value
            elif name == "data" and kind == "message":
                events.append(int(json.loads(value)["id"]))
            elif name == "id":
                self.last = value
            elif not line.strip():
                self.seen.update(events)
                if kind == "reset":
                    self.tally.fail("a stream was told to start afresh")
                kind, events = "message", []


class Sender(Client):
    """A hospital system: one message after the other; the next only when this one was acknowledged."""

    def __init__(self, tally: Tally, stop: threading.Event, port: int, facility: str) -> None:
        super().__init__(tally, stop)
        self.port, self.facility, self.acknowledged = port, facility, 0

    def step(self) -> None:
        for _ in range(TRIES_FOR_MESSAGE):
            before = self.acknowledged
            try:
                for _, answer in mllp.send("127.0.0.1", self.port, self._messages(), timeout=20):
                    if answer is None or not read_answer(answer).accepted:
                        raise Unavailable("mllp_not_stored")
                    self.acknowledged += 1
                    self.tally.count("messages acknowledged")
                    if self.stopping.wait(0.2):
                        return
            except Unavailable:
                self.tally.count("messages sent again")
                if self.acknowledged > before:
                    return
                time.sleep(0.2)
        raise RuntimeError("a message is not taken")

    def _messages(self) -> Iterator[bytes]:
        """From the first one that is not acknowledged yet; the same number is the same message."""
        while True:
            n = self.acknowledged + 1
            when = time.strftime("%Y%m%d%H%M%S")
            yield (
                f"MSH|^~\\&|HIS|{self.facility}|YIPAN|Y|{when}||ADT^A28|{n}|P|2.5|||AL|NE||UNICODE UTF-8\r"
                f"EVN|A28|20260302120000\r"
                f"PID|1||{self.facility}{n}^^^HIS^MR||赵{n}^^^^^^L||19600501|M\r"
                f"PV1||N\r"
            ).encode()
