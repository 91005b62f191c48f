"""A scenario is asked for, simulated, kept, shared, and stands behind the policy that came of it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from yipan.base.access import SYSTEM, Role
from yipan.base.audit.models import Entry
from yipan.base.network import edits
from yipan.base.network.models import Policy
from yipan.base.network.queries import placement_policy
from yipan.kernel.clock import FrozenClock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound, Refused, YipanError
from yipan.kernel.ids import new_id
from yipan.lines.beds.plan import twin
from yipan.lines.beds.tests.busy import ask
from yipan.planning.scenarios import actions, evidence, queries, tasks
from yipan.planning.scenarios.choosing import candidates, pick
from yipan.planning.scenarios.models import Scenario, ScenarioStatus
from yipan.planning.scenarios.tasks import Simulation, run_scenario
from yipan.planning.scenarios.telling import Result
from yipan.planning.scenarios.tests.conftest import NOON, Room, live_through, member
from yipan.spine.testing import small_network


def test_a_scenario_is_simulated_from_the_beds_as_they_are(room: Room) -> None:
    """Two full wards with three weeks behind them: the run starts from who lies there, and tells waits, outliers and
    occupancy of each policy, and other penalties; own beds only makes no outliers."""
    stays = sum(live_through(room.network, name) for name in room.network.departments)
    found = actions.start(**room.asked(surges=[{"department": "", "factor": 1.3, "begin": 0, "end": 7}]))
    run_scenario.func(str(found.id))
    found.refresh_from_db()
    assert (found.status, found.failure) == (ScenarioStatus.DONE, "")
    told, result = found.made_from, Result(found.result)
    assert (told["beds"], told["wards"], told["occupants"]) == (8, 2, 8)
    assert 19 < told["history"] < 21
    assert told["stays"] < stays
    assert told["stay_days"] == pytest.approx(3.5, rel=0.1)
    assert told["per_day"] * told["stay_days"] == pytest.approx(8 * 7 / 8, rel=0.03)
    assert result.keys == ["in_force", "silo", "lookahead"]
    assert result.measure("silo", "outliers").mean == 0
    assert 0.5 < (result.measure("in_force", "occupancy").mean or 0) <= 1
    assert result.levels == [0.0, 0.23, 0.5, 1.0]
    assert result.break_even("in_force") is not None


def test_who_waits_now_is_in_the_scenario(room: Room) -> None:
    """One of one department and two of the other want a bed from the first hour; who wants one in two days does not."""
    for name in room.network.departments:
        live_through(room.network, name)
    for department, sex in (("neurology", "male"), ("neurosurgery", "male"), ("neurosurgery", "male")):
        ask(room.network, department, at=NOON - timedelta(hours=3), sex=sex)
    ask(room.network, "neurology", at=NOON - timedelta(hours=3), wanted_from=NOON + timedelta(days=2))
    found = actions.start(**room.asked())
    seen = twin.read(path=room.network.organisation.path, at=NOON)
    built = twin.build(seen, Simulation(found).question())
    names = [built.departments[one.need.department] for one in built.scenario.demand]
    waiting = Counter()
    for name, one in zip(names, built.scenario.demand, strict=True):
        waiting[name] += one.waiting
    departments = room.network.departments
    assert waiting == {departments["neurology"].pk: 1, departments["neurosurgery"].pk: 2}


def test_a_short_history_is_refused_with_its_days(room: Room) -> None:
    """Five days of departures are too few; the scenario fails and says how many there are."""
    live_through(room.network, "neurology", history=timedelta(days=5))
    found = actions.start(**room.asked())
    run_scenario.func(str(found.id))
    found.refresh_from_db()
    assert (found.status, found.failure) == (ScenarioStatus.FAILED, "scenario_history_short")
    assert found.failure_params == {"days": 3, "needed": twin.LEAST_DAYS}


def test_no_beds_and_a_broken_run_say_so(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """An organisation without beds fails with the reason; an error nobody foresaw is raised and told too."""
    empty = small_network(wards={"neurology": 1})
    empty.beds["neurology"][0].capacity.delete()
    found = room.scenario(organisation=empty.organisation, status=ScenarioStatus.QUEUED)
    run_scenario.func(str(found.id))
    found.refresh_from_db()
    assert found.failure == "plan_no_beds"

    def broken(self: Simulation) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Simulation, "run", broken)
    with pytest.raises(ZeroDivisionError):
        run_scenario.func(str(found.id))
    found.refresh_from_db()
    assert found.failure == "scenario_failed"


def test_a_finished_scenario_is_not_simulated_again(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job done twice stores once."""
    monkeypatch.setattr(Simulation, "run", lambda self: pytest.fail("simulated again"))
    run_scenario.func(str(room.scenario().id))


def test_a_closed_ward_takes_nobody(room: Room) -> None:
    """In the scenario that is built, a closure names the ward's row and its hours; a surge the department's."""
    for name in room.network.departments:
        live_through(room.network, name)
    ward, department = room.network.wards["neurology"].pk, room.network.departments["neurosurgery"].pk
    found = actions.start(
        **room.asked(
            closures=[{"ward": str(ward), "begin": 1, "end": 3}],
            surges=[{"department": str(department), "factor": 1.5, "begin": 0, "end": 2}],
        )
    )
    seen = twin.read(path=room.network.organisation.path, at=NOON)
    built = twin.build(seen, Simulation(found).question())
    (closure,), (surge,) = built.scenario.closures, built.scenario.surges
    assert (built.wards[closure.ward], closure.start, closure.end) == (ward, 24.0, 72.0)
    assert (built.departments[surge.department], surge.factor, surge.end) == (department, 1.5, 48.0)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"penalty": 2.0}, "scenario_penalty"),
        ({"penalty": float("nan")}, "scenario_penalty"),
        ({"days": 8}, "form_invalid"),
        ({"policies": []}, "scenario_policies"),
        ({"policies": ["reserve"]}, "scenario_policies"),
        ({"policies": ["v7"]}, "form_invalid"),
        ({"closures": [{"ward": str(new_id()), "begin": 0, "end": 1}]}, "form_invalid"),
        ({"surges": [{"department": "", "factor": 9.0, "begin": 0, "end": 1}]}, "scenario_factor"),
        ({"surges": [{"department": "", "factor": 1.2, "begin": 5, "end": 8}]}, "scenario_days"),
        ({"surges": [{"department": "", "factor": 1.2, "begin": 2, "end": 2}]}, "scenario_days"),
    ],
)
def test_what_cannot_be_asked_is_refused(room: Room, changes: dict[str, Any], code: str) -> None:
    """Each with its code; nothing is stored."""
    with pytest.raises(InvalidInput) as caught:
        actions.start(**room.asked(**changes))
    assert caught.value.code == code
    assert Scenario.objects.count() == 0


def test_one_at_a_time(room: Room) -> None:
    """While one of the author's own runs, another is refused; somebody else may ask."""
    actions.start(**room.asked())
    with pytest.raises(Conflict, match="scenario_under_way"):
        actions.start(**room.asked())
    _, other = member(room.network, name="other")
    actions.start(**room.asked(actor=other))
    assert Scenario.objects.count() == 2


def test_who_may_not_plan_may_not_ask(room: Room) -> None:
    """A ward nurse is refused and nothing is stored."""
    _, nurse = member(room.network, Role.WARD_NURSE, "nurse")
    with pytest.raises(Refused):
        actions.start(**room.asked(actor=nurse))
    assert Scenario.objects.count() == 0


def test_a_scenario_is_the_authors_until_it_is_shared(room: Room) -> None:
    """Others of the organisation do not find it; shared, they read it and may not change it; outside nobody does."""
    found = room.scenario()
    _, colleague = member(room.network, Role.COORDINATOR, "colleague")
    _, stranger = member(small_network(), name="stranger")
    with pytest.raises(NotFound):
        queries.scenario_of(colleague, found.id)
    assert list(queries.scenarios(colleague)) == []
    actions.share(actor=room.manager, scenario_id=found.id, shared=True)
    assert queries.scenario_of(colleague, found.id) == found
    assert list(queries.scenarios(colleague)) == [found]
    with pytest.raises(Refused):
        queries.scenario_of(stranger, found.id)
    assert list(queries.scenarios(stranger)) == []
    for act in (actions.save, actions.share, actions.remove, actions.stop):
        more: dict[str, Any] = {actions.save: {"name": "x"}, actions.share: {"shared": False}}.get(act, {})
        with pytest.raises(Conflict, match="scenario_not_yours"):
            act(actor=colleague, scenario_id=found.id, **more)
    found.refresh_from_db()
    assert (found.shared, found.saved, found.name) == (True, True, "")


def test_a_nameless_author_owns_nothing(room: Room) -> None:
    """An actor without an account does not own what the system asked for."""
    found = room.scenario(author=None)
    with pytest.raises(NotFound):
        queries.scenario_of(room.network.actor(Role.MANAGER), found.id)


def test_it_is_saved_by_name_and_removed(room: Room) -> None:
    """Without a name nothing is saved; removed, it is gone."""
    found = room.scenario()
    with pytest.raises(InvalidInput, match="scenario_name"):
        actions.save(actor=room.manager, scenario_id=found.id, name="  ")
    actions.save(actor=room.manager, scenario_id=found.id, name=" Winter ")
    found.refresh_from_db()
    assert (found.name, found.saved) == ("Winter", True)
    actions.remove(actor=room.manager, scenario_id=found.id)
    assert Scenario.objects.count() == 0


def test_a_stop_keeps_what_is_finished(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody stops it while it runs: the finished runs are told, other penalties are not tried, and the result says
    so; a scenario removed while it runs ends too and leaves nothing."""
    for name in room.network.departments:
        live_through(room.network, name)
    monkeypatch.setattr(tasks, "TELL_SECONDS", 0.0)
    kept = actions.start(**room.asked())
    actions.stop(actor=room.manager, scenario_id=kept.id)
    Simulation(kept).run()
    kept.refresh_from_db()
    assert (kept.status, kept.result["reason"], kept.result["levels"]) == (ScenarioStatus.DONE, "cancelled", [])
    gone = actions.start(**room.asked())
    actions.remove(actor=room.manager, scenario_id=gone.id)
    Simulation(gone).run()
    assert list(Scenario.objects.all()) == [kept]


def test_an_applied_policy_carries_its_evidence(room: Room) -> None:
    """The new version is what was simulated, names the scenario, and so does the audit; the scenario is shared and can
    neither be removed nor taken back."""
    found = room.scenario()
    policy = actions.apply(actor=room.manager, scenario_id=found.id, key="lookahead")
    assert policy.body == {"strategy": "lookahead", "lookahead": {"off_service_penalty": 0.23}}
    assert placement_policy(room.network.organisation.path)[0].strategy == "lookahead"
    assert policy.evidence == found.evidence
    entry = Entry.objects.get(action="network.policy")
    assert entry.data["evidence"] == found.evidence
    assert Entry.objects.filter(action="scenario.apply", object_id=str(found.id)).count() == 1
    found.refresh_from_db()
    assert found.shared
    assert evidence.link(str(found.id)).href.endswith(str(found.id))
    for act, more in ((actions.remove, {}), (actions.share, {"shared": False})):
        with pytest.raises(Conflict, match="scenario_evidence"):
            act(actor=room.manager, scenario_id=found.id, **more)


def test_a_policy_changed_since_is_not_undone(room: Room) -> None:
    """Somebody edits the policy after the run: applying is refused and the edit stays in force."""
    found = room.scenario()
    edits.set_policy(actor=SYSTEM, organisation=room.network.organisation, body={"reserve": {"default_beds": 3}})
    with pytest.raises(Conflict, match="scenario_policy_changed"):
        actions.apply(actor=room.manager, scenario_id=found.id, key="lookahead")
    assert Policy.objects.get().body == {"reserve": {"default_beds": 3}}


@pytest.mark.parametrize(
    ("role", "key", "status"),
    [
        (Role.COORDINATOR, "lookahead", "done"),
        (Role.MANAGER, "in_force", "done"),
        (Role.MANAGER, "tiers", "done"),
        (Role.MANAGER, "lookahead", "running"),
    ],
)
def test_what_may_not_be_applied(room: Room, role: Role, key: str, status: str) -> None:
    """By a coordinator, or what is in force, was not simulated or has no result: refused, no version is written."""
    found = room.scenario(shared=True, status=status)
    _, actor = member(room.network, role, "somebody")
    with pytest.raises(YipanError):
        actions.apply(actor=actor, scenario_id=found.id, key=key)
    assert Policy.objects.count() == 0


def test_the_policies_to_pick_from(room: Room) -> None:
    """In force first, then strategies on top of it, then older versions; looking ahead counts with the penalty."""
    organisation = room.network.organisation
    for beds in (2, 3):
        edits.set_policy(actor=SYSTEM, organisation=organisation, body={"reserve": {"default_beds": beds}})
    found = {one.key: one for one in candidates(organisation, penalty=0.4)}
    assert list(found) == ["in_force", "silo", "tiers", "reserve", "lookahead", "v1"]
    assert found["in_force"].version == 2
    assert found["silo"].body == {"reserve": {"default_beds": 3}, "strategy": "silo"}
    assert found["lookahead"].policy["lookahead"]["off_service_penalty"] == 0.4
    assert found["v1"].policy["reserve"]["default_beds"] == 2
    assert [one.key for one in pick(organisation, ["v1", "reserve"], penalty=0.4)] == ["in_force", "v1"]


def test_old_scenarios_go_unless_they_are_kept(room: Room, time: FrozenClock) -> None:
    """After the limit, what nobody saved and no policy rests on is removed."""
    applied, saved, loose = room.scenario(), room.scenario(saved=True), room.scenario()
    actions.apply(actor=room.manager, scenario_id=applied.id, key="silo")
    Scenario.objects.filter(id=applied.id).update(saved=False)
    before = NOON + timedelta(days=1)
    assert evidence.due(before) == 1
    assert evidence.remove(before) == 1
    assert set(Scenario.objects.values_list("id", flat=True)) == {applied.id, saved.id}
    assert evidence.link(str(loose.id)).href == ""
    assert evidence.link("nonsense").href == ""
