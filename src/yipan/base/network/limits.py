"""Lengths that files and tables share."""

from __future__ import annotations

NAME_LENGTH = 100
CODE_LENGTH = 64
LABEL_LENGTH = 20
BUILDING_LENGTH = 60
OLDEST = 150
MINUTES_A_DAY = 1440
LONGEST_WALK = 240
