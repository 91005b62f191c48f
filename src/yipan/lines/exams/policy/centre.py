"""What a centre writes about its own rules: what can be used, and what of it is worth keeping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from yipan.lines.exams.policy import critical, reading

LONGEST, LONGEST_STEP, MOST_CLAIMS = 20_160, 1440, 50
"""Minutes of a target and of a step of a critical value; examinations that one reader may hold."""


def problems(body: Mapping[str, Any]) -> dict[str, str]:
    """Field → code of what is wrong with it. Fields are named as the body nests: "deadlines.ecg.emergency"."""
    told = {
        f"deadlines.{category}.{urgency}": minutes
        for category, by in body.get("deadlines", {}).items()
        for urgency, minutes in by.items()
    }
    told |= {f"work.{modality}": minutes for modality, minutes in body.get("work", {}).items()}
    wrong = {name: "reading_minutes" for name, minutes in told.items() if not _within(minutes, LONGEST)}
    steps = {f"critical.{name}": minutes for name, minutes in body.get("critical", {}).items()}
    wrong |= {name: "reading_minutes" for name, minutes in steps.items() if not _within(minutes, LONGEST_STEP)}
    if not _within(body.get("keep_minutes", 1), LONGEST):
        wrong["keep_minutes"] = "reading_minutes"
    if not _within(body.get("most_claims", 1), MOST_CLAIMS):
        wrong["most_claims"] = "reading_claims"
    rate = body.get("peer_rate", 0)
    if not isinstance(rate, int | float) or not 0 <= rate <= 1:
        wrong["peer_rate"] = "reading_share"
    return wrong


def own(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a body says otherwise than the defaults: what is left out follows them, also when they change."""
    usual = asdict(reading.ReadingPolicy())
    kept: dict[str, Any] = {}
    deadlines = {
        category: {urgency: n for urgency, n in by.items() if n != reading.DEADLINES[category][urgency]}
        for category, by in body.get("deadlines", {}).items()
    }
    kept["deadlines"] = {category: by for category, by in deadlines.items() if by}
    kept["work"] = {m: n for m, n in body.get("work", {}).items() if n != reading.WORK.get(m)}
    steps = asdict(critical.CriticalPolicy())
    kept["critical"] = {name: n for name, n in body.get("critical", {}).items() if n != steps[name]}
    for name in ("second_grades", "second_items"):
        if name in body and sorted(body[name]) != sorted(usual[name]):
            kept[name] = list(body[name])
    kept |= {n: body[n] for n in ("keep_minutes", "most_claims", "peer_rate") if n in body and body[n] != usual[n]}
    return {name: value for name, value in kept.items() if value or name in ("second_grades", "peer_rate")}


def _within(value: Any, most: int) -> bool:
    return isinstance(value, int) and 1 <= value <= most
