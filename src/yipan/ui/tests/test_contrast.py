"""The colours of tokens.css against WCAG 2.2."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[1] / "static" / "ui" / "css" / "tokens.css"
PAIRS = {
    name: (day, night)
    for name, day, night in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", TOKENS.read_text("utf-8"))
}

TEXT = [
    *((ink, ground) for ink in ("ink", "soft", "accent", "warn") for ground in ("bg", "panel", "raised", "hover")),
    *((state, f"{state}-bg") for state in ("free", "held", "out", "warn", "accent")),
    *((state, ground) for state in ("free", "held", "out") for ground in ("panel", "raised")),
    ("ink", "accent-bg"),
    ("soft", "accent-bg"),
    ("ink", "warn-bg"),
    ("ink", "held-bg"),
    ("ink", "free-bg"),
    ("soft", "sunken"),
    ("ink", "sunken"),
    ("accent", "sunken"),
    ("on-accent", "accent"),
    ("on-warn", "warn"),
    *(("heat-ink-low", f"heat-{step}") for step in range(6)),
    ("heat-ink-high", "heat-6"),
]
EDGES = [("edge", "panel"), ("edge", "bg"), ("free", "sunken"), ("out", "sunken"), ("warn", "sunken"), ("accent", "bg")]


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_is_readable(ink: str, ground: str, night: bool) -> None:
    """Text has at least 4.5:1 against every ground it stands on (success criterion 1.4.3)."""
    assert contrast(PAIRS[ink][night], PAIRS[ground][night]) >= 4.5


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@pytest.mark.parametrize(("mark", "ground"), EDGES)
def test_marks_are_visible(mark: str, ground: str, night: bool) -> None:
    """Edges of controls and state marks have at least 3:1 (success criterion 1.4.11)."""
    assert contrast(PAIRS[mark][night], PAIRS[ground][night]) >= 3


def test_white_on_black_is_twenty_one() -> None:
    """The measure itself gives the standard's extreme."""
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
