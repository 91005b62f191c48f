"""What a message says as a flat event: who, where, when, and what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from yipan.codecs.hl7v2.timestamp import Precision, Timestamp
from yipan.codecs.hl7v2.triggers import MEANINGS, Meaning
from yipan.codecs.hl7v2.types import CWE, CX, PL, XCN, XPN


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One DG1 segment. `type`: A admitting, W working, F final."""

    code: str | None
    text: str | None
    system: str | None
    type: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientEvent:
    """What every message about one patient says. What it does not say is None, or empty for lists.

    `nulls` names the attributes that the sender emptied on purpose; they are None as well.
    """

    trigger: str
    message_control_id: str
    sending_application: str | None = None
    sending_facility: str | None = None
    sent_at: Timestamp | None = None
    identifiers: tuple[CX, ...] = ()
    national_id: str | None = None
    name: XPN | None = None
    names: tuple[XPN, ...] = ()
    sex: str | None = None
    birth: Timestamp | None = None
    address: str | None = None
    phone: str | None = None
    patient_class: str | None = None
    location: PL | None = None
    attending: XCN | None = None
    hospital_service: str | None = None
    visit: CX | None = None
    diagnoses: tuple[Diagnosis, ...] = ()
    nulls: frozenset[str] = frozenset()

    @property
    def at(self) -> datetime | None:
        """When it happened, as far as the message says; UTC."""
        return self.sent_at.at if self.sent_at else None

    @property
    def birth_date(self) -> date | None:
        """The day of birth, when the sender gave the day."""
        return self.birth.date if self.birth and self.birth.precision >= Precision.DAY else None

    @property
    def visit_number(self) -> str | None:
        """The number of the stay (PV1-19)."""
        return self.visit.id if self.visit else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdtEvent(PatientEvent):
    """What one ADT message says about one patient.

    `further` holds the other patients of the same message: the second one of a swap (A17), more merges (A40).
    """

    recorded_at: Timestamp | None = None
    planned_at: Timestamp | None = None
    occurred_at: Timestamp | None = None
    previous_identifiers: tuple[CX, ...] = ()
    account: CX | None = None
    previous_account: CX | None = None
    previous_visit: CX | None = None
    admission_type: str | None = None
    prior_location: PL | None = None
    temporary_location: PL | None = None
    pending_location: PL | None = None
    referring: XCN | None = None
    consulting: XCN | None = None
    admitting: XCN | None = None
    discharge_disposition: str | None = None
    servicing_facility: str | None = None
    bed_status: str | None = None
    admitted_at: Timestamp | None = None
    discharged_at: Timestamp | None = None
    expected_admission: Timestamp | None = None
    expected_discharge: Timestamp | None = None
    expected_return: Timestamp | None = None
    reason: CWE | None = None
    visit_priority: str | None = None
    level_of_care: str | None = None
    precaution: str | None = None
    condition: str | None = None
    further: tuple[AdtEvent, ...] = ()

    @property
    def meaning(self) -> Meaning:
        """What the trigger means for the bed pool."""
        return MEANINGS[self.trigger]

    @property
    def at(self) -> datetime | None:
        """When it happened (EVN-6), or else was entered (EVN-2), or else was sent (MSH-7); UTC."""
        known = self.occurred_at or self.recorded_at or self.sent_at
        return known.at if known else None
