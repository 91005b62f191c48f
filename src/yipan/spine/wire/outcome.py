"""What became of a message."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Outcome:
    """`code` names what was done; `ignored` says that the message does not concern the line.

    `patient_id` is the person it was about, where there is one.
    """

    code: str
    patient_id: UUID | None = None
    ignored: bool = False


ALREADY_SO = "already_so"
"""The message told what was known already."""
