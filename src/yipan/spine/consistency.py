"""Whether each booking is where its events say: what a change that went round the one writer cannot keep up."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction

from yipan.base.audit.findings import Finding, Kind

STATES = {
    "booking.held": ("held",),
    "booking.confirmed": ("confirmed",),
    "booking.arrived": ("active",),
    "booking.moved": ("active",),
    "booking.swapped": ("active",),
    "booking.departed": ("done",),
    "booking.released": ("released",),
    "booking.expired": ("expired",),
    "booking.no_show": ("no_show",),
    "booking.displaced": ("displaced",),
    "booking.arrival_undone": ("released",),
    "booking.departure_undone": ("active",),
    # A cleaning is taken back together with the departure that began it, which writes the one event for both.
    "turnover.started": ("active", "released"),
    "turnover.finished": ("done", "released"),
    "closure.planned": ("confirmed",),
    "closure.started": ("active",),
    "closure.ended": ("done", "released"),
}
"""The states in which a booking can be whose last step was told by this event."""

# Of two patients who swap, the events are told of the bookings that they enter; those left are done.
WRONG = """
SELECT b.id, b.state, last.kind
  FROM spine_booking AS b
  LEFT JOIN LATERAL (
    SELECT e.kind FROM spine_event AS e
     WHERE e.booking_id = b.id AND e.kind = ANY(%(kinds)s) ORDER BY e.id DESC LIMIT 1
  ) AS last ON true
 WHERE NOT coalesce(last.kind || ' ' || b.state = ANY(%(pairs)s), false)
   AND NOT (b.state = 'done' AND EXISTS (
         SELECT FROM spine_booking AS n JOIN spine_event AS e ON e.booking_id = n.id
          WHERE n.previous_id = b.id AND e.kind = 'booking.swapped'))
"""


def bookings() -> Iterator[Finding]:
    """A finding for each booking whose state does not follow from its events."""
    pairs = [f"{kind} {state}" for kind, states in STATES.items() for state in states]
    with (
        transaction.atomic(),
        connection.create_cursor("audit_bookings") as cursor,
    ):  # a cursor of the server's: streams
        cursor.execute(WRONG, {"kinds": list(STATES), "pairs": pairs})
        for booking, state, kind in cursor:
            params = {"table": "spine_booking", "id": str(booking), "state": state, "event": kind or "–"}
            yield Finding(Kind.INCONSISTENT, params)
