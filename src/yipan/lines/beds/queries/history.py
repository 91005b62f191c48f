"""What happened, in words: one sentence for every kind of event that the bed pool writes.

Board, desk, ward and patient pages all speak through `say`, so that one event reads the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yipan.base.access import SYSTEM
from yipan.base.network.models import Isolation, LevelOfCare
from yipan.lines.beds.models import NursingLevel, Origin, Severity
from yipan.lines.beds.queries.desk import bed_name, beds_by_id
from yipan.spine.models import Event
from yipan.ui.filters import moment

EVENT_WORDS: Mapping[str, tuple[str | Promise, str, str]] = {
    "request.created": (gettext_lazy("Bed asked for"), "file-plus", "accent"),
    "request.revised": (gettext_lazy("Clinical facts changed"), "pencil", "neutral"),
    "request.cancelled": (gettext_lazy("Request withdrawn"), "circle-x", "warn"),
    "booking.held": (gettext_lazy("Bed held"), "hand", "held"),
    "booking.confirmed": (gettext_lazy("Admission confirmed"), "clipboard-check", "accent"),
    "booking.arrived": (gettext_lazy("Patient arrived"), "log-in", "accent"),
    "booking.moved": (gettext_lazy("Patient moved in from another bed"), "arrow-right-left", "accent"),
    "booking.swapped": (gettext_lazy("Patients changed beds"), "arrow-right-left", "accent"),
    "booking.departed": (gettext_lazy("Patient left"), "log-out", "free"),
    "booking.released": (gettext_lazy("Reservation given back"), "undo-2", "neutral"),
    "booking.expired": (gettext_lazy("Hold ran out"), "timer-off", "neutral"),
    "booking.no_show": (gettext_lazy("Patient did not come"), "user-x", "warn"),
    "booking.displaced": (gettext_lazy("Reservation lost"), "triangle-alert", "warn"),
    "booking.postponed": (gettext_lazy("Reservation starts later"), "clock-arrow-down", "held"),
    "booking.end_announced": (gettext_lazy("Expected discharge announced"), "calendar-check", "accent"),
    "booking.end_withdrawn": (gettext_lazy("Expected discharge withdrawn"), "calendar-x", "warn"),
    "booking.overran": (gettext_lazy("Stay lasts longer than announced"), "clock-alert", "warn"),
    "booking.arrival_undone": (gettext_lazy("Arrival taken back"), "undo-2", "neutral"),
    "booking.departure_undone": (gettext_lazy("Departure taken back"), "undo-2", "neutral"),
    "turnover.started": (gettext_lazy("Cleaning started"), "sparkles", "neutral"),
    "turnover.finished": (gettext_lazy("Cleaning finished"), "circle-check", "free"),
    "turnover.overran": (gettext_lazy("Cleaning takes longer"), "clock-alert", "warn"),
    "closure.started": (gettext_lazy("Bed closed"), "lock", "neutral"),
    "closure.planned": (gettext_lazy("Closure planned"), "lock", "neutral"),
    "closure.ended": (gettext_lazy("Bed opened again"), "lock-open", "free"),
    "bed.ready": (gettext_lazy("Ward has made the bed ready"), "bed", "free"),
    "stay.away": (gettext_lazy("Patient is away on leave"), "door-open", "neutral"),
    "stay.back": (gettext_lazy("Patient is back from leave"), "door-closed", "neutral"),
    "stay.transfer_planned": (gettext_lazy("Hospital system plans a transfer"), "calendar-clock", "accent"),
    "stay.transfer_dropped": (gettext_lazy("Hospital system drops the planned transfer"), "calendar-x", "neutral"),
    "notice.made": (gettext_lazy("Ward told"), "bell", "neutral"),
    "notice.seen": (gettext_lazy("Ward has read the notice"), "check-check", "neutral"),
    "call.done": (gettext_lazy("Day-3 call made"), "phone", "free"),
    "call.tried": (gettext_lazy("Day-3 call tried, not reached"), "phone-missed", "held"),
}
"""Kind of event → sentence, icon of lucide, tone of the timeline."""

FIELDS: Mapping[str, str | Promise] = {
    "severity": gettext_lazy("Severity"),
    "nursing_level": gettext_lazy("Nursing level"),
    "isolation": gettext_lazy("Isolation"),
    "pathogen": gettext_lazy("Pathogen"),
    "oxygen": gettext_lazy("oxygen"),
    "monitor": gettext_lazy("monitor"),
    "ventilator": gettext_lazy("ventilator"),
    "level_of_care": gettext_lazy("Level of care"),
    "diagnosis_code": gettext_lazy("Diagnosis code"),
    "diagnosis": gettext_lazy("Diagnosis"),
    "expected_days": gettext_lazy("Expected stay (days)"),
    "home_minutes": gettext_lazy("From home (minutes)"),
    "origin": gettext_lazy("Origin"),
    "note": gettext_lazy("Note"),
}
VALUES: Mapping[str, Callable[[str], Any]] = {
    "severity": lambda v: Severity(v).label,
    "nursing_level": lambda v: NursingLevel(v).label,
    "isolation": lambda v: Isolation(v).label,
    "level_of_care": lambda v: LevelOfCare(v).label,
    "origin": lambda v: Origin(v).label,
    "oxygen": lambda v: _("yes") if v == "True" else _("no"),
    "monitor": lambda v: _("yes") if v == "True" else _("no"),
    "ventilator": lambda v: _("yes") if v == "True" else _("no"),
}


def say(event: Event, *, place: str = "", site: Any = None) -> dict[str, Any]:
    """One event as the component `timeline` wants it: at, text, who, symbol, tone.

    `place` is the bed in words where the reader does not know it; `site` gives the zone of times inside the sentence.
    A kind without words shows its code, so that nothing of the journal is hidden.
    """
    text, symbol, tone = EVENT_WORDS.get(event.kind, (event.kind, "dot", "neutral"))
    parts = [part for part in (place, *_details(event, site)) if part]
    shown = _("%(event)s: %(details)s") % {"event": text, "details": _("; ").join(parts)} if parts else str(text)
    return {"at": event.at, "text": shown, "who": who(event), "symbol": symbol, "tone": tone}


def timeline(events: Iterable[Event], *, site: Any = None) -> list[dict[str, Any]]:
    """Events (oldest first) in words, the newest first, each with the bed it is about. One query for all beds."""
    rows = list(events)
    beds = beds_by_id({e.capacity_id for e in rows if e.capacity_id is not None})
    shown: list[dict[str, Any]] = []
    for event in reversed(rows):
        bed = beds.get(event.capacity_id) if event.capacity_id and event.kind != "request.revised" else None
        shown.append(say(event, place=bed_name(bed) if bed else "", site=site))
    return sorted(shown, key=lambda item: item["at"], reverse=True)


def who(event: Event) -> str:
    """Who did it; the system itself has a word in the reader's language."""
    return _("by itself") if event.actor_name == SYSTEM.name else event.actor_name


def _details(event: Event, site: Any) -> list[str]:
    """What the event carries besides its kind."""
    data = event.data if isinstance(event.data, dict) else {}
    if event.kind == "request.revised":
        return [_change(name, pair) for name, pair in data.items() if isinstance(pair, list) and len(pair) == 2]
    instants = (_instant(data.get(key)) for key in ("end", "start"))
    details = [moment(at, site) for at in instants if at is not None]
    if reason := data.get("reason"):
        details.append(str(reason))
    return details


def _change(name: str, pair: list[Any]) -> str:
    words = VALUES.get(name, str)
    try:
        before, after = (words(str(value)) for value in pair)
    except ValueError:
        before, after = pair
    return f"{FIELDS.get(name, name)} {before or '–'} → {after or '–'}"


def _instant(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
