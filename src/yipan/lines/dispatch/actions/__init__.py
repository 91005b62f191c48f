"""One function for each verb of the ambulances: access, facts, policy, spine, event; nothing of pages or messages."""

from yipan.lines.dispatch.actions.fleet import save_vehicle
from yipan.lines.dispatch.actions.handing import hand_over
from yipan.lines.dispatch.actions.requests import cancel_transport, request_transport
from yipan.lines.dispatch.actions.steps import back_at_base, report_step, take_back_step
from yipan.lines.dispatch.actions.trips import assign_vehicle, confirm_trip, release_trip

__all__ = [
    "assign_vehicle",
    "back_at_base",
    "cancel_transport",
    "confirm_trip",
    "hand_over",
    "release_trip",
    "report_step",
    "request_transport",
    "save_vehicle",
    "take_back_step",
]
