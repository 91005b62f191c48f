"""The one writer of bookings.

Every function is keyword-only, runs in one transaction (its own, or the caller's), locks the capacities it touches in
the order of their identifiers, writes its events beside the change, and either does all of it or nothing. Refusals are
`Conflict`s that a person can read. Times are aware; `at` is when it really happened and defaults to now.
"""

from yipan.spine.booking.claims import Claim, confirm, displace, expire_due, hold, no_show, release
from yipan.spine.booking.closures import close, end_due_closures, reopen
from yipan.spine.booking.overruns import announce_end, extend_overruns
from yipan.spine.booking.places import lock as lock_places
from yipan.spine.booking.places import told_politely
from yipan.spine.booking.seats import leave_seat, take_seat
from yipan.spine.booking.stays import arrive, cancel_move, depart, move, occupy, swap, undo_arrive, undo_depart
from yipan.spine.booking.takeover import Stay, take_over
from yipan.spine.booking.turnover import begin_turnover, finish_turnover

__all__ = [
    "Claim",
    "Stay",
    "announce_end",
    "arrive",
    "begin_turnover",
    "cancel_move",
    "close",
    "confirm",
    "depart",
    "displace",
    "end_due_closures",
    "expire_due",
    "extend_overruns",
    "finish_turnover",
    "hold",
    "leave_seat",
    "lock_places",
    "move",
    "no_show",
    "occupy",
    "release",
    "reopen",
    "swap",
    "take_over",
    "take_seat",
    "told_politely",
    "undo_arrive",
    "undo_depart",
]
