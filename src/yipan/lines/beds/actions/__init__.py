"""One function for each verb of the bed pool: access, facts, policy, spine, event; nothing of pages or messages."""

from yipan.lines.beds.actions.aftercare import record_call, see_notice
from yipan.lines.beds.actions.closing import close_bed, close_ward, reopen_bed, reopen_ward
from yipan.lines.beds.actions.placing import confirm_admission, hold_bed, mark_no_show, release_hold
from yipan.lines.beds.actions.requests import cancel_request, request_admission, revise_request
from yipan.lines.beds.actions.stays import (
    announce_discharge,
    arrive,
    depart,
    finish_cleaning,
    mark_ready,
    start_cleaning,
    swap_patients,
    transfer,
)
from yipan.lines.beds.actions.undo import undo_arrival, undo_departure

__all__ = [
    "announce_discharge",
    "arrive",
    "cancel_request",
    "close_bed",
    "close_ward",
    "confirm_admission",
    "depart",
    "finish_cleaning",
    "hold_bed",
    "mark_no_show",
    "mark_ready",
    "record_call",
    "release_hold",
    "reopen_bed",
    "reopen_ward",
    "request_admission",
    "revise_request",
    "see_notice",
    "start_cleaning",
    "swap_patients",
    "transfer",
    "undo_arrival",
    "undo_departure",
]
