"""Invented data for the style guide: enough to see every component in every state."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from yipan.kernel import clock
from yipan.ui import charts

WARDS = (
    ("神经内科一病区", 44, 45, 1, 5),
    ("神经外科二病区", 39, 40, 1, 1),
    ("心血管内科与重症监护联合病区（含胸痛中心过渡病房）", 44, 48, 3, 2),
    ("老年医学科", 31, 36, 4, 0),
)
HEAT = (
    ("附一医院本部", (0.94, 0.93, 0.73, 0.75, 0.99, 0.80, 0.85, 0.64)),
    ("附一医院东院", (0.70, 0.76, 0.76, 0.79, 0.75, 0.68, 0.95, 0.83)),
    ("市人民医院", (0.76, 0.81, 0.96, 0.79, 0.78, 0.86, 0.92, 0.74)),
    ("雪峰中心卫生院", (0.76, 0.97, 0.64, 0.96, 0.66, None, None, 0.66)),
)
SPECIALTIES = ("神经", "心血管", "呼吸", "消化", "普外", "骨科", "泌尿", "妇产")
BEDS = (
    ("01", "outlier", "女80 · 3天"),
    ("02", "", "男47 · 9天"),
    ("03", "cleaning", "清洁 12′"),
    ("04", "critical", "男52 · 13天"),
    ("05", "", "女30 · 14天"),
    ("06", "leaving", "今 14时"),
    ("07", "free", "空 · 男"),
    ("08", "held", "留 11:20"),
    ("09", "closed", "停用"),
    ("10", "leaving outlier", "今 16时"),
    ("11", "serious", "男61 · 10天"),
    ("12", "", "女56 · 10天"),
)
TREND = (3612, 3640, 3655, 3648, 3690, 3702, 3688, 3695, 3731, 3725, 3740, 3733, 3712)


def sample() -> dict[str, Any]:
    """The context of the style guide page."""
    now = clock.now()
    return {
        "wards": WARDS,
        "heat": HEAT,
        "specialties": SPECIALTIES,
        "rooms": [BEDS[0:3], BEDS[3:6], BEDS[6:9], BEDS[9:12]],
        "trend": TREND,
        "about": {
            "definition": _("Patients who are physically in a bed, among beds open at this moment."),
            "numerator": "3,712",
            "denominator": "4,018",
            "source": _("Bookings in state “in use”"),
            "as_of": now,
        },
        "steps": steps(),
        "started": now - timedelta(minutes=7, seconds=12),
        "events": events(),
        "bars": charts.bars(
            title=_("Beds by state"),
            labels=[name for name, _row in HEAT],
            series=[(_("Occupied"), [94, 70, 76, 64]), (_("Held"), [3, 2, 4, 1]), (_("Free"), [1, 12, 8, 15])],
        ),
        "chart": charts.lines(
            title=_("Beds in use, next 72 hours"),
            unit=_("beds"),
            at=[now + timedelta(hours=h) for h in range(0, 73, 6)],
            series=[(_("Expected"), [3712 + 40 * ((h % 4) - 1) for h in range(13)])],
            bands=[(_("90 % interval"), [3700 - 8 * h for h in range(13)], [3724 + 12 * h for h in range(13)])],
            limit=(_("Warning line"), 3850),
        ),
    }


def steps() -> list[dict[str, Any]]:
    """The 20-minute path, stopped in its second step."""
    now = clock.now()
    return [
        {"label": _("Certificate"), "state": "done", "at": now - timedelta(minutes=7)},
        {"label": _("Choose a bed"), "state": "now", "at": now - timedelta(minutes=6)},
        {"label": _("Admission and formalities"), "state": "next"},
        {"label": _("Ward readies the bed"), "state": "next"},
        {"label": _("Arrival"), "state": "next"},
    ]


def events() -> list[dict[str, Any]]:
    """A short history."""
    now = clock.now()
    return [
        {"at": now, "text": _("Bed held until 11:20"), "who": "周敏", "symbol": "lock", "tone": "held"},
        {"at": now - timedelta(minutes=6), "text": _("Request received"), "who": "HIS", "symbol": "inbox", "tone": ""},
    ]
