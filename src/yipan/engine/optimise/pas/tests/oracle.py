"""The optimum of a small instance, by CP-SAT on a model written from the rules and nothing else."""

from __future__ import annotations

from ortools.sat.python import cp_model

from yipan.engine.optimise.pas.evaluating import GENDER, TRANSFER, evaluate
from yipan.engine.optimise.pas.instance import Instance


def optimum(instance: Instance) -> int:
    """Tenths. Raises AssertionError when it is not proven."""
    model = cp_model.CpModel()
    lies = {
        (patient.id, night, room.id): model.new_bool_var("")
        for patient in instance.patients
        for night in instance.nights(patient)
        for room in instance.rooms
    }
    cost = [_alone(instance, patient, night, room) * lie for (patient, night, room), lie in lies.items()]
    for patient in instance.patients:
        for night in instance.nights(patient):
            model.add_exactly_one(lies[patient.id, night, room.id] for room in instance.rooms)
        for night in instance.nights(patient)[1:]:
            for room in instance.rooms:
                comes = model.new_bool_var("")
                model.add(comes >= lies[patient.id, night, room.id] - lies[patient.id, night - 1, room.id])
                cost.append(TRANSFER * comes)
    for room in instance.rooms:
        for night in range(instance.horizon):
            there = [patient for patient in instance.patients if night in instance.nights(patient)]
            women, men = (sum(lies[p.id, night, room.id] for p in there if p.sex == sex) for sex in "FM")
            model.add(women + men <= room.capacity)
            if room.policy == "D":
                fewer, for_men = model.new_int_var(0, room.capacity, ""), model.new_bool_var("")
                model.add(fewer >= women).only_enforce_if(for_men)
                model.add(fewer >= men).only_enforce_if(~for_men)
                cost.append(GENDER * fewer)
    model.minimize(sum(cost))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(model) == cp_model.OPTIMAL
    return round(solver.objective_value)


def _alone(instance: Instance, patient: int, night: int, room: int) -> int:
    """What one night of one patient costs when nobody else is in the house and she never moves."""
    who = next(each for each in instance.patients if each.id == patient)
    at = night - who.first
    one = type(who)(**{**vars(who), "first": night, "last": night + 1, "specialisms": who.specialisms[at : at + 1]})
    house = Instance(**{**vars(instance), "patients": (one,)})
    return sum(evaluate(house, {patient: (room,)}).values())
