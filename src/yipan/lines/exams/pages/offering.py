"""Offers of times as pages show them: what, where, who, why, and a strip of the way and the wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from yipan.kernel import clock
from yipan.lines.exams import words
from yipan.lines.exams.pages.common import Scale, ticks
from yipan.lines.exams.queries.slots import Offer, Offers, Refusal
from yipan.ui.filters import clock_time, day

SHORTEST = timedelta(hours=2)
"""What a strip shows at least."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An offer with its sentences, the value of its button, and its strip: (class, per cent, width in per cent)."""

    offer: Offer
    value: str
    reasons: list[str]
    strip: list[tuple[str, float, float]]


def shown(found: Offers) -> dict[str, Any]:
    """For the template of the offers."""
    now = clock.now()
    scale = _scale(found, now)
    return {
        "offers": [_shown(offer, scale, now) for offer in found.offers],
        "marks": _marks(scale, found),
        "refused": [(refusal, words.reason(refusal.reason), _first(refusal)) for refusal in found.refused],
        "origin": found.origin,
        "devices": found.devices,
    }


def _shown(offer: Offer, scale: Scale, now: datetime) -> Shown:
    leave = max(offer.start - timedelta(minutes=offer.travel), now)
    strip = [("wait", scale.at(now), scale.width(now, leave))]
    if offer.travel:
        strip.append(("way", scale.at(leave), scale.width(leave, offer.start)))
    strip.append(("exam", scale.at(offer.start), scale.width(offer.start, offer.end, 0.7)))
    value = f"{offer.device.pk}|{offer.start.isoformat()}"
    return Shown(offer, value, [words.reason(reason) for reason in offer.reasons], strip)


def _scale(found: Offers, now: datetime) -> Scale:
    last = max((offer.end for offer in found.offers), default=now)
    return Scale(now, max(last, now + SHORTEST))


def _marks(scale: Scale, found: Offers) -> list[tuple[float, str]]:
    """Four marks at round times."""
    site, length = found.origin, scale.end - scale.begin
    step = next(s for s in (timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2), timedelta(hours=6),
                            timedelta(days=1), timedelta(days=2), timedelta(days=4)) if length / s <= 6)  # fmt: skip
    anchor = scale.begin.replace(minute=0, second=0, microsecond=0)
    instants = [anchor + n * step for n in range(1, 8)]
    return ticks(
        scale, instants, [day(i, site) if step >= timedelta(days=1) else clock_time(i, site) for i in instants]
    )


def _first(refusal: Refusal) -> str:
    site = refusal.device.capacity.site
    return "" if refusal.first is None else f"{day(refusal.first, site)} {clock_time(refusal.first, site)}"
