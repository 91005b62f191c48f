"""Plain reasons why no plan can exist, told before anybody searches."""

from __future__ import annotations

from yipan.engine.optimise.ihtc.instance import Instance, Patient, Person
from yipan.kernel.errors import InvalidInput


def check_possible(instance: Instance) -> None:
    """Raise InvalidInput when the occupants alone break a hard rule, or a mandatory patient fits on no day."""
    staffed = {shift for nurse in instance.nurses for shift in nurse.roster}
    _check_occupants(instance, staffed)
    for number, patient in enumerate(instance.patients):
        if not patient.mandatory:
            continue
        path = f"patients[{number}]"
        if len(patient.unfit_rooms) == len(instance.rooms):
            raise InvalidInput("ihtc_no_room", path=path, patient=patient.id)
        if not any(day_fits(instance, patient, day, staffed) for day in range(patient.release, patient.due + 1)):
            raise InvalidInput("ihtc_no_day", path=path, patient=patient.id)


def day_fits(instance: Instance, patient: Patient, day: int, staffed: set[int]) -> bool:
    """Whether surgeon, some theatre and some nurses have the time, were this the only patient."""
    return (
        patient.minutes <= instance.surgeons[patient.surgeon].minutes[day]
        and any(patient.minutes <= theatre.minutes[day] for theatre in instance.theatres)
        and staffed.issuperset(instance.shifts_of(patient, day))
    )


def _check_occupants(instance: Instance, staffed: set[int]) -> None:
    beside: dict[tuple[int, int], list[Person]] = {}
    for number, occupant in enumerate(instance.occupants):
        path, room = f"occupants[{number}]", instance.rooms[occupant.room]
        for day in instance.days_of(occupant, 0):
            others = beside.setdefault((occupant.room, day), [])
            if len(others) >= room.capacity:
                raise InvalidInput("ihtc_room_overfull", path=path, room=room.id, day=day, capacity=room.capacity)
            if others and others[0].gender != occupant.gender:
                raise InvalidInput("ihtc_genders_mixed", path=path, room=room.id, day=day)
            others.append(occupant)
        for shift in instance.shifts_of(occupant, 0):
            if shift not in staffed:
                day, position = divmod(shift, len(instance.shift_types))
                name = instance.shift_types[position]
                raise InvalidInput("ihtc_no_nurse", path=path, room=room.id, day=day, shift=name)
