"""One function for each verb of the clinics: access, facts, policy, spine, event; nothing of pages or messages."""

from yipan.lines.appointments.actions.clinics import drop_holiday, save_clinic, set_holiday
from yipan.lines.appointments.actions.queue import call_next, check_in, come_in, finish, mark_no_show, pass_over
from yipan.lines.appointments.actions.requests import cancel_appointment, request_appointment
from yipan.lines.appointments.actions.seats import confirm_seat, hold_seat, release_seat
from yipan.lines.appointments.actions.sessions import close_session, reopen_session

__all__ = [
    "call_next",
    "cancel_appointment",
    "check_in",
    "close_session",
    "come_in",
    "confirm_seat",
    "drop_holiday",
    "finish",
    "hold_seat",
    "mark_no_show",
    "pass_over",
    "release_seat",
    "reopen_session",
    "request_appointment",
    "save_clinic",
    "set_holiday",
]
