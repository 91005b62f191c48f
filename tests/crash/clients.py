"""Those on the other side: a hospital's system that repeats what was not acknowledged, and a person who tries again.

Both keep a ledger of what they were told. What stands in it must be found in the database, whatever was killed.
"""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.crash.hospital import name_of
from yipan.codecs.hl7v2.build import Envelope, Person, Stay, build_adt
from yipan.codecs.hl7v2.types import CX, HD, PL, XPN
from yipan.interop.mllp import client
from yipan.kernel.errors import Unavailable

ANSWER_SECONDS = 20.0
AGAIN_SECONDS = 0.1
TOKEN = "c" * 32
STEP = re.compile(r"desk/bookings/([0-9a-f-]{36})/(confirm|no-show)")


@dataclass
class Ledger:
    """What the clients were told. Each set grows from its own thread only under the lock."""

    acknowledged: set[str] = field(default_factory=set)
    confirmed: set[str] = field(default_factory=set)
    strange: list[str] = field(default_factory=list)
    repeats: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def progress(self) -> int:
        return len(self.acknowledged) + len(self.confirmed)

    def book(self, request_id: str) -> None:
        """Somebody was told that this request has its bed."""
        if request_id:
            with self.lock:
                self.confirmed.add(request_id)


def messages_of(feed: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Control id and bytes: patients one after the other in each bed, the beds in turn, a minute between messages."""
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(days=20)
    facility, beds = feed["facility"], feed["beds"]
    envelope = Envelope(sender=("HIS", facility))
    number = 0
    for first in range(0, feed["patients"], len(beds)):
        guests = range(first, min(first + len(beds), feed["patients"]))
        for trigger in ("A01", "A08", "A03", "A20"):
            for guest in guests:
                at += timedelta(minutes=1)
                number += 1
                ward, room, bed = beds[guest - first]
                location = PL(point_of_care=ward, room=room, bed=bed)
                stay = {
                    "A01": Stay(location=location, admitted_at=at),
                    "A08": Stay(location=location),
                    "A03": Stay(location=location, discharged_at=at),
                    "A20": Stay(location=location, bed_status="U"),
                }[trigger]
                control_id = f"{facility}-{number}"
                raw = build_adt(
                    trigger,
                    control_id=control_id,
                    at=at,
                    patient=_person(facility, guest),
                    stay=stay,
                    envelope=envelope,
                )
                yield control_id, raw.encode()


def _person(facility: str, number: int) -> Person:
    name = name_of(f"{facility} {number}")
    return Person(
        identifiers=(CX(id=f"{number}", assigner=HD(namespace=facility), type="MR"),),
        name=XPN(family=name[:1], given=name[1:], representation="I"),
        sex="male",
        birth_date=date(1940, 1, 1) + timedelta(days=number * 7),
    )


def tell(port: int, messages: Sequence[tuple[str, bytes]], ledger: Ledger, stop: threading.Event) -> None:
    """A hospital's system: one message after the other; one that is not acknowledged is sent again, on a new line."""
    done = 0
    while done < len(messages) and not stop.is_set():
        waiting = messages[done:]
        try:
            answers = client.send("127.0.0.1", port, (raw for _, raw in waiting), timeout=ANSWER_SECONDS)
            for (control_id, raw), (_, answer) in zip(waiting, answers, strict=False):
                if not client.accepted(raw, answer):
                    if answer is None or b"|AE|" not in answer:
                        _strange(ledger, f"{control_id}: {answer!r}")
                    break
                with ledger.lock:
                    ledger.acknowledged.add(control_id)
                done += 1
                if stop.is_set():
                    return
        except Unavailable:
            pass
        if done < len(messages):
            with ledger.lock:
                ledger.repeats += 1
            stop.wait(AGAIN_SECONDS)


class Desk:
    """A person at the desk, who tries again until everybody on the list has a bed."""

    def __init__(self, port: int, session: str, ledger: Ledger, stop: threading.Event) -> None:
        self._port, self._ledger, self._stop = port, ledger, stop
        self._headers = {
            "Cookie": f"{session}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self._connection: http.client.HTTPConnection | None = None

    def place(self, request_id: str, beds: Sequence[str]) -> None:
        """Hold the first bed of the list that can be had, then confirm it, until it is certain.

        After a refusal, and when nobody knows what became of a click, the page is asked what is kept.
        """
        turn = 0
        while not self._stop.is_set():
            held = self._post(f"/desk/{request_id}/hold", f"bed={beds[turn % len(beds)]}")
            kept = self._kept(request_id)
            if kept is None:
                if held:
                    _strange(self._ledger, f"{request_id}: the hold is gone")
                turn += 1
            elif kept[1] == "no-show" or self._post(f"/desk/bookings/{kept[0]}/confirm", ""):
                self._ledger.book(request_id)
                return

    def _kept(self, request_id: str) -> tuple[str, str] | None:
        """The booking that is kept and its next step, read from the page."""
        while not self._stop.is_set():
            status, page = self._ask("GET", f"/desk/{request_id}")
            if status == 200:
                steps = {what: booking_id for booking_id, what in STEP.findall(page)}
                return next(((steps[what], what) for what in ("confirm", "no-show") if what in steps), None)
            self._pause(status, page)
        return None

    def _post(self, path: str, body: str) -> bool:
        """True when it was done for certain; False when it was not, or nobody knows."""
        status, page = self._ask("POST", path, body)
        if status not in (302, 409):
            self._pause(status, page)
        return status == 302

    def _ask(self, method: str, path: str, body: str = "") -> tuple[int, str]:
        """Status and text; 0 when the connection broke."""
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_SECONDS)
            self._connection.request(method, path, body or None, self._headers)
            answer = self._connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            return 0, ""

    def _pause(self, status: int, page: str) -> None:
        with self._ledger.lock:
            self._ledger.repeats += 1
        if status not in (0, 503):
            _strange(self._ledger, f"page {status}: {page[:300]}")
        self._stop.wait(AGAIN_SECONDS)


def _strange(ledger: Ledger, text: str) -> None:
    with ledger.lock:
        ledger.strange.append(f"{time.strftime('%H:%M:%S')} {text}")
