"""The job that asks the twin: it reads the network, simulates, looks for the break-even penalty, and stores."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yipan.base.jobs import task
from yipan.base.network.models.version import current_version
from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput
from yipan.planning.scenarios.models import Scenario, ScenarioStatus

if TYPE_CHECKING:  # the twin brings Numba along: only for the process that simulates
    from yipan.engine.simulate import Comparison, Point, Stop
    from yipan.lines.beds.plan.twin import Built, Question, Seen

TELL_SECONDS = 0.7
PRECISION = 0.05
FEWEST, LEAST, MOST = 2, 5, 60
"""Replications: fewer than two have no interval, so that a stop waits for them; below the least it says little."""

LEVELS = (0.0, 0.5, 1.0)
"""Penalties that are tried too, for the break-even."""

LEAST_AT_A_LEVEL, MOST_AT_A_LEVEL = 3, 8
SILO = "silo"


@task("planning.scenario", attempts=1)
def run_scenario(scenario_id: str) -> None:
    """Simulate a scenario that was asked for. Done twice it is simulated anew, never stored twice."""
    found = Scenario.objects.select_related("organisation").filter(id=UUID(scenario_id)).first()
    if found is None or found.is_done:
        return
    try:
        Simulation(found).run()
    except LookupError:
        _failed(found, "plan_no_beds")
    except InvalidInput as error:
        _failed(found, error.code, error.params)
    except Exception:
        _failed(found, "scenario_failed")
        raise


def _failed(found: Scenario, code: str, params: dict[str, Any] | None = None) -> None:
    told = {name: value if isinstance(value, int | float) else str(value) for name, value in (params or {}).items()}
    Scenario.objects.filter(id=found.id).update(
        status=ScenarioStatus.FAILED, failure=code, failure_params=told, finished_at=clock.now()
    )


@dataclass
class Simulation:
    """One scenario being simulated."""

    found: Scenario
    stopped: bool = False
    _told: float = field(default=0.0)

    def run(self) -> None:
        """Read, simulate, store. Raises LookupError without beds, InvalidInput for what cannot be simulated."""
        from yipan.lines.beds.plan import twin
        from yipan.planning.scenarios import telling

        self.tell("reading", None)
        seen = twin.read(path=self.found.organisation.path, at=clock.now())
        asked = self.question()
        built = twin.build(seen, asked)
        self.tell("compiling", None)
        self.warm_up(built)
        comparison = self.compare(built)
        reason = "time" if comparison.reason == "cancelled" and not self.stopped else comparison.reason
        levels = self.levels(seen, asked, comparison)
        self.tell("telling", 1.0)
        Scenario.objects.filter(id=self.found.id).update(
            status=ScenarioStatus.DONE,
            failure="",
            taken_at=seen.at,
            finished_at=clock.now(),
            made_from=telling.made_from(seen, built) | {"network_version": current_version()},
            result=telling.told(comparison, levels, reason),
        )

    def question(self) -> Question:
        """What was asked, as the twin takes it."""
        from yipan.base.network import policies
        from yipan.lines.beds.plan.twin import More, Question, Shut

        found = self.found
        return Question(
            name=str(found.pk),
            policies={row["key"]: policies.read(row["policy"]) for row in found.policies},
            days=found.days,
            penalty=found.penalty,
            closures=[Shut(UUID(row["ward"]), row["begin"], row["end"]) for row in found.closures],
            surges=[
                More(UUID(row["department"]) if row["department"] else None, row["begin"], row["end"], row["factor"])
                for row in found.surges
            ],
        )

    def warm_up(self, built: Built) -> None:
        """Have the rules compiled before time counts; a minute at most, once after an update."""
        from yipan.engine.simulate import simulate

        simulate(replace(built.scenario, days=0.05, closures=(), surges=()), replications=1)

    def compare(self, built: Built) -> Comparison:
        """All policies on the same patients until intervals are narrow or time is up."""
        from yipan.engine.simulate import Stop, compare

        stop, limit = Stop(least=LEAST, most=MOST), float(self.found.seconds)

        def progress(point: Point) -> None:
            over = point.done >= LEAST and point.seconds >= limit
            narrow = min(1.0, point.width**-2) if point.width > 0 else 1.0
            share = max(point.done / MOST, min(point.done / LEAST, point.seconds / limit, 1.0), narrow)
            if point.done and self.tell("simulating", min(share, 1.0), done=point.done) and point.done >= FEWEST:
                self.look_for_stop(stop)
            if over:
                stop.cancelled.set()

        return compare(built.scenario, precision=PRECISION, seed=self.found.seed, progress=progress, stop=stop)

    def levels(self, seen: Seen, asked: Question, main: Comparison) -> list[tuple[float, Comparison]]:
        """The same at other penalties, in about the same time again; nothing when silos are not among the policies or
        somebody wants it to end."""
        from yipan.engine.simulate import Stop, compare
        from yipan.lines.beds.plan import twin

        if SILO not in asked.policies or self.stopped:
            return []
        others = [penalty for penalty in LEVELS if penalty != asked.penalty]
        each = self.found.seconds / max(main.seconds / main.replications, 1e-3) / len(others)
        count = int(min(max(each, LEAST_AT_A_LEVEL), MOST_AT_A_LEVEL, main.replications))
        found = [(asked.penalty, main)]
        for k, level in enumerate(others):
            built, stop = twin.build(seen, replace(asked, penalty=level)), Stop(least=count, most=count)

            def progress(point: Point, k: int = k, stop: Stop = stop) -> None:
                if self.tell("penalties", (k + point.done / count) / len(others)):
                    self.look_for_stop(stop)

            one = compare(built.scenario, seed=self.found.seed, progress=progress, stop=stop)
            if self.stopped:
                break
            found.append((level, one))
        return sorted(found, key=lambda pair: pair[0])

    def tell(self, phase: str, share: float | None, **more: Any) -> bool:
        """Say how far it is, not for each of a thousand steps; whether it was said."""
        now, before = time.monotonic(), self.found.progress.get("phase")
        if phase == before and now - self._told < TELL_SECONDS:
            return False
        self._told, self.found.progress = now, {"phase": phase, "share": share, **more}
        Scenario.objects.filter(id=self.found.id).update(status=ScenarioStatus.RUNNING, progress=self.found.progress)
        return True

    def look_for_stop(self, stop: Stop) -> None:
        """End what runs when somebody has asked for it, or has removed the scenario."""
        if not Scenario.objects.filter(id=self.found.id, stop_asked=False).exists():
            self.stopped = True
            stop.cancelled.set()
