"""The file of a plan, as the benchmark's authors ask for it: the id of a patient, then the id of her bed each night.

One patient to a line, in the order of the instance; who needs no bed does not appear.
"""

from __future__ import annotations

from yipan.engine.optimise.pas.evaluating import Plan
from yipan.engine.optimise.pas.instance import Instance
from yipan.engine.optimise.pas.lines import Lines


def write(instance: Instance, plan: Plan) -> str:
    """The text of the file. While a patient stays in a room she keeps her bed."""
    free = {(room.id, night): list(room.beds) for room in instance.rooms for night in range(instance.horizon)}
    beds: dict[tuple[int, int], int] = {}
    stretches = sorted(
        (nights[0], patient.id, nights, room)
        for patient in instance.patients
        for nights, room in _stretches(instance.nights(patient), plan.get(patient.id, ()))
    )
    for _, patient, nights, room in stretches:
        bed = next(bed for bed in free[room, nights[0]] if all(bed in free[room, night] for night in nights))
        for night in nights:
            free[room, night].remove(bed)
            beds[patient, night] = bed
    rows = [
        [each.id, *(beds[each.id, night] for night in nights)]
        for each in instance.patients
        if (nights := instance.nights(each))
    ]
    return "".join(" ".join(map(str, row)) + "\n" for row in rows)


def read(instance: Instance, content: bytes) -> Plan:
    """The plan in a file. Raises InvalidInput for a line that does not fit the instance."""
    rooms = {bed: room.id for room in instance.rooms for bed in room.beds}
    lengths = {patient.id: len(instance.nights(patient)) for patient in instance.patients}
    lines, plan = Lines(content), {}
    for _ in range(sum(length > 0 for length in lengths.values())):
        line = lines.next("")
        patient, *beds = (line.number_of(word) for word in line.text.split())
        if patient in plan or not lengths.get(patient):
            line.refuse("pas_unknown_patient", patient)
        if len(beds) != lengths[patient]:
            line.refuse("pas_words", wanted=1 + lengths[patient], found=1 + len(beds))
        if unknown := [bed for bed in beds if bed not in rooms]:
            line.refuse("pas_unknown_bed", unknown[0])
        plan[patient] = tuple(rooms[bed] for bed in beds)
    return plan


def _stretches(nights: range, stay: tuple[int, ...]) -> list[tuple[range, int]]:
    """The nights of a patient in one room after another."""
    begins = [i for i in range(len(stay)) if i == 0 or stay[i] != stay[i - 1]]
    ends = [*begins[1:], len(stay)]
    return [(nights[begin:end], stay[begin]) for begin, end in zip(begins, ends, strict=False)]
