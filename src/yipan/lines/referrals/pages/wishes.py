"""What a referral wishes of other lines, as fields of a form, and what these lines offer for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from yipan.base.access import Actor
from yipan.base.network.models import Department
from yipan.kernel.errors import InvalidInput, YipanError
from yipan.lines.referrals.actions import reserving
from yipan.lines.referrals.models import Referral
from yipan.lines.referrals.pages.common import Form, line_name, pack, unpack
from yipan.spine import joint
from yipan.ui import messages

OFFERED = 4
CASE = 400
ABOUT = timedelta(minutes=10)
SYMBOLS = {"beds": "bed", "exams": "scan", "appointments": "calendar-clock", "dispatch": "ambulance"}

DERIVED = {
    "beds": ("diagnosis_code", "diagnosis"),
    "exams": ("at", "from", "reason"),
    "appointments": ("specialty",),
    "dispatch": ("from_site", "to_site", "condition"),
}
"""Words that follow from the rest of the form: nobody is asked for them twice."""


@dataclass
class Wish:
    """One line on the form: ticked or not, its own words as fields, and what it offers."""

    line: str
    label: str
    symbol: str
    on: bool
    asks: list[joint.Ask] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)


@dataclass
class Offered:
    """What a line offers for the need of a number, and the value that is ticked; `error` when it cannot be asked."""

    number: int
    label: str
    symbol: str
    offers: list[tuple[str, joint.Offer]] = field(default_factory=list)
    error: str = ""
    chosen: str = ""


def wishes(form: Form) -> list[Wish]:
    """Every line that takes part in joint bookings, as the form has it."""
    ticked = form.several("need")
    made = []
    for code in reserving.taking_part():
        asks = _asks(code)
        values = {a.name: form[f"{code}.{a.name}"] or a.value for a in asks}
        made.append(Wish(code, line_name(code), SYMBOLS.get(code, "package"), code in ticked, asks, values))
    return made


def needs(form: Form, target: Department | None, sender: Department | None) -> list[dict[str, Any]]:
    """The ticked lines with their words, for `draft_referral`; what is missing is noted on the form."""
    made = []
    for wish in wishes(form):
        if not wish.on:
            continue
        for ask in wish.asks:
            if ask.required and not wish.values[ask.name]:
                form.wrong(f"{wish.line}.{ask.name}", messages.sentence("field_required"))
        told: dict[str, Any] = {name: value for name, value in wish.values.items() if value}
        made.append({"line": wish.line, "details": {**told, **_derived(wish.line, form, target, sender)}})
    return made


def offers(actor: Actor, found: Referral, form: Form, *, direct: Actor | None = None) -> list[Offered]:
    """What every wished line offers, with what was chosen before; a line that cannot offer says why."""
    made = []
    for number, need in enumerate(reserving.needs_of(found)):
        row = Offered(number, line_name(need.line), SYMBOLS.get(need.line, "package"))
        try:
            row.offers = [(pack(o), o) for o in joint.offers(actor=direct or actor, need=need, limit=OFFERED)]
            row.chosen = _chosen(row, form)
        except YipanError as error:
            row.error = _why(error)
        made.append(row)
    return made


def _chosen(row: Offered, form: Form) -> str:
    """The offer that somebody chose before, at about the same time; the first where that is no longer to be had.

    Values cannot be compared: each is signed anew, and what begins at once begins a little later each time.
    """
    before, first = form.values.get(f"offer-{row.number}"), next((value for value, _ in row.offers), "")
    if not before:
        return first if before is None else ""
    try:
        wanted = unpack(before)
    except InvalidInput:
        return first
    same = [(value, offer.start) for value, offer in row.offers if offer.capacity_ids == wanted.capacity_ids]
    return next((value for value, start in same if abs(start - wanted.start) <= ABOUT), first)


def filled(found: Referral) -> dict[str, Any]:
    """The wishes of a stored referral as values of the form."""
    values = {f"{w['line']}.{name}": str(value) for w in found.needs for name, value in w.get("details", {}).items()}
    return {"values": values, "ticked": [w["line"] for w in found.needs]}


def _asks(code: str) -> list[joint.Ask]:
    return [ask for ask in joint.asks(code) if ask.name not in DERIVED.get(code, ())]


def _derived(line: str, form: Form, target: Department | None, sender: Department | None) -> Mapping[str, Any]:
    """What the other line needs to know and the form says elsewhere already."""
    match line:
        case "beds":
            return {"diagnosis_code": form["diagnosis_code"], "diagnosis": form["diagnosis"][:200]}
        case "exams" if target is not None:
            # examined where the patient is received
            return {"at": target.site.code, "from": target.site.code, "reason": _case(form)}
        case "appointments" if target is not None:
            return {"specialty": target.specialty_id}
        case "dispatch" if target is not None and sender is not None:
            return {"from_site": str(sender.site_id), "to_site": str(target.site_id), "condition": _case(form)}
        case _:
            return {}


def _case(form: Form) -> str:
    """What is wrong with the patient, for those who examine and who carry."""
    return " · ".join(text for text in (form["diagnosis"] or form["diagnosis_code"], form["reason"]) if text)[:CASE]


def _why(error: YipanError) -> str:
    named: Sequence[str] = [messages.sentence(c) for c in dict(error.params.get("fields", {})).values()]
    return " ".join(named) or messages.of_error(error)
