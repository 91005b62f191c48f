"""The whole problem as one model for CP-SAT: only for small problems, and proven."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

from ortools.sat.python import cp_model

from yipan.engine.optimise.ihtc.instance import Instance


def optimum(instance: Instance) -> int:
    """The least cost of any plan."""
    return Model(instance).solve()


class Model:
    """`stay[person, day, room]` and `site[patient, day, theatre]` say who comes when and where."""

    def __init__(self, instance: Instance) -> None:
        self.instance, self.model = instance, cp_model.CpModel()
        self.terms: list[cp_model.LinearExpr] = []
        self.people = (*instance.patients, *instance.occupants)
        self.stay: dict[tuple[int, int, int], cp_model.IntVar | int] = {}
        self.site: dict[tuple[int, int, int], cp_model.IntVar] = {}
        self._admit()
        self._operate()
        self._lie()
        self._care()

    def solve(self) -> int:
        self.model.minimize(sum(self.terms))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        assert solver.solve(self.model) == cp_model.OPTIMAL
        return round(solver.objective_value)

    def _admit(self) -> None:
        instance, weights = self.instance, self.instance.weights
        for p, patient in enumerate(instance.patients):
            days = range(patient.release, patient.due + 1)
            rooms = [r for r in range(len(instance.rooms)) if r not in patient.unfit_rooms]
            for d, r in product(days, rooms):
                self.stay[p, d, r] = self.model.new_bool_var("")
                self.terms.append(weights.patient_delay * (d - patient.release) * self.stay[p, d, r])
            admitted = sum(self.stay[p, d, r] for d, r in product(days, rooms))
            self.model.add(admitted == 1 if patient.mandatory else admitted <= 1)
            if not patient.mandatory:
                self.terms.append(weights.unscheduled_optional * (1 - admitted))
            for d in days:
                for t in range(len(instance.theatres)):
                    self.site[p, d, t] = self.model.new_bool_var("")
                sites = sum(self.site[p, d, t] for t in range(len(instance.theatres)))
                self.model.add(sites == sum(self.stay[p, d, r] for r in rooms))
        for o, occupant in enumerate(instance.occupants, len(instance.patients)):
            self.stay[o, 0, occupant.room] = 1

    def _operate(self) -> None:
        instance, weights = self.instance, self.instance.weights
        theatres, surgeons = range(len(instance.theatres)), range(len(instance.surgeons))
        for d, t in product(range(instance.days), theatres):
            here = [(p, var) for (p, day, site), var in self.site.items() if (day, site) == (d, t)]
            self.model.add(
                sum(instance.patients[p].minutes * var for p, var in here) <= instance.theatres[t].minutes[d]
            )
            self.terms.append(weights.open_operating_theater * self._any([var for _, var in here]))
        for d, s in product(range(instance.days), surgeons):
            here = [
                (p, t, var) for (p, day, t), var in self.site.items() if day == d and instance.patients[p].surgeon == s
            ]
            self.model.add(
                sum(instance.patients[p].minutes * var for p, _, var in here) <= instance.surgeons[s].minutes[d]
            )
            used = [self._any([var for _, site, var in here if site == t]) for t in theatres]
            transfers = self.model.new_int_var(0, len(used), "")
            self.model.add(transfers >= sum(used) - 1)
            self.terms.append(weights.surgeon_transfer * transfers)

    def _any(self, variables: list[cp_model.IntVar]) -> cp_model.IntVar:
        found = self.model.new_bool_var("")
        for variable in variables:
            self.model.add(found >= variable)
        return found

    def _lie(self) -> None:
        instance = self.instance
        beside = defaultdict(list)
        for (p, d, r), var in self.stay.items():
            for day in instance.days_of(self.people[p], d):
                beside[r, day].append((self.people[p], var))
        for (r, _), others in beside.items():
            self.model.add(sum(var for _, var in others) <= instance.rooms[r].capacity)
            gender = self.model.new_bool_var("")
            old, young = (self.model.new_int_var(0, len(instance.ages), "") for _ in range(2))
            wide = self.model.new_int_var(0, len(instance.ages), "")
            for person, var in others:
                self.model.add(var <= (gender if person.gender == "A" else 1 - gender))
                self.model.add(old >= person.age * var)
                self.model.add(young <= person.age + len(instance.ages) * (1 - var))
            self.model.add(wide >= old - young)
            self.terms.append(instance.weights.room_mixed_age * wide)

    def _care(self) -> None:
        instance, weights = self.instance, self.instance.weights
        met = defaultdict(list)
        loads = defaultdict(list)
        nurse = {}
        for s, r in product(range(instance.shifts), range(len(instance.rooms))):
            working = [n for n, who in enumerate(instance.nurses) if s in who.roster]
            for n in working:
                nurse[n, r, s] = self.model.new_bool_var("")
            self.model.add(sum(nurse[n, r, s] for n in working) == 1)
        for (p, d, r), var in self.stay.items():
            for k, s in enumerate(instance.shifts_of(self.people[p], d)):
                for n in (n for n, who in enumerate(instance.nurses) if s in who.roster):
                    both = self.model.new_bool_var("")
                    self.model.add(both >= var + nurse[n, r, s] - 1)
                    short = max(0, self.people[p].skill[k] - instance.nurses[n].skill)
                    self.terms.append(weights.room_nurse_skill * short * both)
                    met[p, n].append(both)
                    loads[n, s].append(self.people[p].work[k] * both)
        for together in met.values():
            self.terms.append(weights.continuity_of_care * self._any(together))
        for (n, s), load in loads.items():
            excess = self.model.new_int_var(0, 10**6, "")
            self.model.add(excess >= sum(load) - instance.nurses[n].roster[s])
            self.terms.append(weights.nurse_eccessive_workload * excess)
