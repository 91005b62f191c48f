"""Who carries which number, as one unit of work knows it: read, and locked, for many people at once.

Without a unit (`base.unit`) each question reads for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import connection

from yipan.base import unit
from yipan.base.patients.matching import NATIONAL_ID, IdentifierValue
from yipan.base.patients.models import Identifier, Patient, number_digest
from yipan.base.unit import Shelf

Key = tuple[str, bytes]
"""System and digest of a number."""

# By digest: the text of a statement may end in a log of the database server.
LOCK = "SELECT count(pg_advisory_xact_lock(hashtextextended(key, 0))) FROM unnest(%s::text[]) AS key"


class Identities:
    """Holders of numbers, their records (`patients`) and their identity cards."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, str], Key] = {}
        self._locked: set[Key] = set()
        self._mine: set[UUID] = set()
        self._made: set[UUID] = set()
        self._holders: Shelf[Key, UUID | None] = Shelf(self._read_holders, lambda: None)
        self.patients: Shelf[UUID, Patient | None] = Shelf(self._read_patients, lambda: None)
        self._cards: Shelf[UUID, list[Identifier]] = Shelf(self._read_cards, list)

    def foresee(self, numbers: Sequence[IdentifierValue], to_lock: Iterable[IdentifierValue]) -> None:
        """Read at once what will be asked of these numbers; lock those, and their holders, that may be written."""
        mine = list(to_lock)
        self.lock_numbers(mine)
        self._holders.warm(self._key(i.system, i.value) for i in numbers)
        holders = {holder for i in mine if (holder := self._holders[self._key(i.system, i.value)]) is not None}
        self.lock(holders)
        self._cards.warm(holders)
        every = (self._holders[self._key(i.system, i.value)] for i in numbers)
        self.patients.warm(holder for holder in every if holder is not None)

    def lock_numbers(self, numbers: Iterable[IdentifierValue]) -> None:
        """Two messages about one person at once: the second waits, then finds what the first has made.

        The unique constraint alone would make the second fail; this only makes the answer polite.
        """
        if new := {self._key(i.system, i.value) for i in numbers} - self._locked:
            with connection.cursor() as cursor:
                cursor.execute(LOCK, [sorted(f"patient:{system}|{digest.hex()}" for system, digest in new)])
            self._locked |= new

    def holder(self, system: str, value: str) -> Patient | None:
        """Who carries this number; the record itself, whether it was merged or not."""
        holder = self._holders[self._key(system, value)] if value else None
        return self.patients[holder] if holder is not None else None

    def cards(self, patient: Patient) -> list[Identifier]:
        """The identity card of a patient, where it is known: what comparing people asks of their numbers."""
        return self._cards[patient.pk]

    def lock(self, patient_ids: Iterable[UUID]) -> None:
        """Lock records until the transaction ends, in one order, and read them as they are then."""
        wanted = sorted(set(patient_ids) - self._mine)
        if wanted:
            rows = Patient.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
            found = {row.pk: row for row in rows}
            for patient_id in wanted:
                self.patients[patient_id] = found.get(patient_id)
            self._mine.update(wanted)

    def get_locked(self, patient_id: UUID) -> Patient | None:
        self.lock([patient_id])
        return self.patients[patient_id]

    def note(self, patient: Patient) -> None:
        """A patient that is made now: nobody else knows it before the transaction ends."""
        self.patients[patient.pk] = patient
        self._cards[patient.pk] = []
        self._mine.add(patient.pk)
        self._made.add(patient.pk)

    def older(self, patient_ids: Iterable[UUID]) -> list[UUID]:
        """Those of whom the database can know anything: not made by this unit of work."""
        return [patient_id for patient_id in patient_ids if patient_id not in self._made]

    def note_numbers(self, patient: Patient, rows: Iterable[Identifier]) -> None:
        """Numbers that a patient gets now."""
        for row in rows:
            self._holders[self._key(row.system, row.value)] = patient.pk
            if row.system == NATIONAL_ID and patient.pk in self._cards:
                self._cards[patient.pk].append(row)

    def _key(self, system: str, value: str) -> Key:
        found = self._keys.get((system, value))
        if found is None:
            found = self._keys[system, value] = (system, number_digest(value) or b"")
        return found

    @staticmethod
    def _read_holders(keys: list[Key]) -> dict[Key, UUID | None]:
        rows = Identifier.objects.filter(
            system__in={system for system, _ in keys}, value_digest__in=[digest for _, digest in keys]
        )
        told = rows.values_list("system", "value_digest", "patient_id")
        return {(system, bytes(digest or b"")): patient_id for system, digest, patient_id in told}

    @staticmethod
    def _read_patients(ids: list[UUID]) -> dict[UUID, Patient | None]:
        return dict(Patient.objects.in_bulk(ids))

    @staticmethod
    def _read_cards(ids: list[UUID]) -> dict[UUID, list[Identifier]]:
        found: dict[UUID, list[Identifier]] = {}
        for row in Identifier.objects.filter(patient_id__in=ids, system=NATIONAL_ID):
            found.setdefault(row.patient_id, []).append(row)
        return found


def identities() -> Identities:
    """Those of the unit, or new ones for one question."""
    return unit.facts(Identities)


def locked(patient_id: UUID) -> Patient | None:
    """The record, locked until the transaction ends; None when there is none."""
    return identities().get_locked(patient_id)
