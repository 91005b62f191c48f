"""What must hold after any crash, as questions to the database. Each answer row is a violation.

Read by the crash test and by `make soak`; plain SQL, so that it does not stand on the code that it judges.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg

from tests.crash.clients import Ledger
from tests.crash.witness import TABLE


@dataclass(frozen=True, slots=True)
class Question:
    """A claim, and the rows that contradict it."""

    claim: str
    sql: str


KEPT = {
    "booking.held": "held",
    "booking.confirmed": "confirmed",
    "booking.arrived": "active",
    "booking.departed": "done",
    "booking.released": "released",
    "booking.expired": "expired",
    "booking.displaced": "displaced",
    "turnover.started": "active",
    "turnover.finished": "done",
}
"""What the last such event of a booking says of its state."""
_KINDS = ", ".join(f"('{kind}', '{state}')" for kind, state in KEPT.items())

QUESTIONS = (
    Question(
        "every acknowledged message is stored once",
        "SELECT a.id, count(m.id) FROM unnest(%(acknowledged)s::text[]) AS a (id)"
        " LEFT JOIN interop_inboundmessage m ON m.control_id = a.id GROUP BY a.id HAVING count(m.id) <> 1",
    ),
    Question(
        "every stored message is applied",
        "SELECT control_id, kind, state, error_code, error_params FROM interop_inboundmessage WHERE state <> 'applied'",
    ),
    Question(
        "every applied message had its effect exactly once",
        "SELECT m.control_id, count(w.key) FROM interop_inboundmessage m"
        f" LEFT JOIN {TABLE} w ON w.what = 'message' AND w.key = m.control_id"
        " GROUP BY m.control_id HAVING count(w.key) <> 1",
    ),
    Question(
        "no bed is booked twice at a time",
        "SELECT a.id, b.id FROM spine_booking a JOIN spine_booking b ON a.capacity_id = b.capacity_id AND a.id < b.id"
        " AND a.period && b.period WHERE a.state = ANY(%(taking)s) AND b.state = ANY(%(taking)s)",
    ),
    Question(
        "no patient is in two places at a time",
        "SELECT a.id, b.id FROM spine_booking a JOIN spine_booking b ON a.patient_id = b.patient_id AND a.id < b.id"
        " AND a.period && b.period WHERE a.state = ANY(%(taking)s) AND b.state = ANY(%(taking)s) AND a.body AND b.body",
    ),
    Question(
        "every wish for an effect is carried out",
        "SELECT topic, key, attempts, last_error FROM spine_outboxmessage WHERE done_at IS NULL",
    ),
    Question(
        "every wish had its effect exactly once, and no effect came without a wish",
        f"SELECT coalesce(o.key, w.key), count(w.key) FROM (SELECT key FROM {TABLE} WHERE what = 'effect') w"
        " FULL JOIN spine_outboxmessage o ON o.key = w.key"
        " GROUP BY coalesce(o.key, w.key), o.key HAVING count(w.key) <> 1 OR o.key IS NULL",
    ),
    Question(
        "every confirmed reservation was told to its ward once",
        "SELECT b.id, count(n.id) FROM spine_booking b JOIN spine_event e ON e.booking_id = b.id"
        " AND e.kind = 'booking.confirmed' LEFT JOIN beds_wardnotice n ON n.booking_id = b.id AND n.kind = 'incoming'"
        " GROUP BY b.id HAVING count(n.id) <> 1",
    ),
    Question(
        "what somebody was told is booked, is",
        "SELECT r.id FROM unnest(%(confirmed)s::uuid[]) AS r (id) WHERE NOT EXISTS"
        " (SELECT FROM spine_booking b WHERE b.request_id = r.id AND b.state = 'confirmed')",
    ),
    Question(
        "no request has two bookings, however often somebody tried",
        "SELECT request_id, count(*) FROM spine_booking WHERE request_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1",
    ),
    Question(
        "no event is told twice",
        "SELECT booking_id, kind, count(*) FROM spine_event WHERE booking_id IS NOT NULL"
        f" AND kind IN (SELECT kind FROM (VALUES {_KINDS}) k (kind, state)) GROUP BY 1, 2 HAVING count(*) > 1",
    ),
    Question(
        "every booking is as its last event says, and none is without events",
        "SELECT b.id, b.state, last.kind FROM spine_booking b LEFT JOIN LATERAL (SELECT e.kind, k.state"
        f" FROM spine_event e JOIN (VALUES {_KINDS}) k (kind, state) USING (kind) WHERE e.booking_id = b.id"
        " ORDER BY e.id DESC LIMIT 1) last ON true WHERE last.state IS DISTINCT FROM b.state",
    ),
    Question(
        "every event has its booking",
        "SELECT e.id, e.kind FROM spine_event e LEFT JOIN spine_booking b ON b.id = e.booking_id"
        " WHERE e.booking_id IS NOT NULL AND b.id IS NULL",
    ),
)

LEFT_TO_DO = (
    "SELECT (SELECT count(*) FROM interop_inboundmessage WHERE state = 'received'"
    " OR (state = 'waiting' AND retry_at IS NOT NULL))"
    " + (SELECT count(*) FROM spine_outboxmessage WHERE done_at IS NULL)"
)
TAKING = ["held", "confirmed", "active", "done"]


def left_to_do(url: str) -> int:
    """Messages and wishes that the processes still have before them."""
    with psycopg.connect(url) as connection:
        (count,) = connection.execute(LEFT_TO_DO).fetchone()  # type: ignore[misc]
    return int(count)


def violations(url: str, ledger: Ledger) -> list[str]:
    """Every contradiction, with its claim; empty when all is well."""
    told: dict[str, Any] = {
        "acknowledged": list(ledger.acknowledged),
        "confirmed": list(ledger.confirmed),
        "taking": TAKING,
    }
    found = [f"not expected: {text}" for text in ledger.strange]
    with psycopg.connect(url) as connection:
        for question in QUESTIONS:
            rows = connection.execute(question.sql, told).fetchall()  # type: ignore[arg-type]
            found += [f"not true that {question.claim}: {row}" for row in rows]
    return found
