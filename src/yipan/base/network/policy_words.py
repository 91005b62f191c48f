"""What each key of the placement policy means, for the form of its editor. The reference: docs/reference/policy.md."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

SECTIONS: dict[str, tuple[Words, Words]] = {
    "strategy": (_("Strategy"), _("How far beds are shared, and what is kept back.")),
    "tiers": (_("Whose beds are asked"), _("In which order, and how far “own” and “similar” reach.")),
    "severity": (_("Severity"), _("Who may leave the own specialty, and who may have an intensive bed.")),
    "times": (_("Times"), _("Holding, cleaning, reserving and waiting.")),
    "distance": (_("Distance"), _("How far from the home department and from the patient a bed may be.")),
    "reserve": (_("Beds kept for emergencies"), _("A ward may say its own number.")),
    "lookahead": (_("Looking ahead"), _("Used by the strategy of that name: waiting now against beds for tomorrow.")),
    "nursing": (_("Nursing"), _("Which patients the nurses of another ward may care for.")),
    "isolation": (_("Isolation"), _("In which rooms isolated patients lie, and with whom.")),
    "age": (_("Children"), _("Children lie with children when they leave their own department.")),
    "score": (_("Score"), _("How beds of one tier are compared. Only the proportions of the points matter.")),
    "rules": (_("Hard rules"), _("Switches for exceptional times. A rule that is off is not asked.")),
}

COHORT = _("Two with the same known pathogen may share a room")
PATIENCE = _("Whoever would wait longer is lent a bed at once.")

KEYS: dict[str, tuple[Words, Words]] = {
    "strategy": (
        _("How beds are shared"),
        _("Try a strategy in the scenario room before the wards live it."),
    ),
    "tiers.order": (
        _("Order of the tiers"),
        _("Number the tiers from 1; leave one empty and it is not used. Own is first."),
    ),
    "tiers.own_reach": (
        _("Which beds are own"),
        _("Beds of the department only, of its specialty at the site, or in the whole network."),
    ),
    "tiers.min_similarity": (
        _("Least similarity"),
        _("From this similarity of two specialties on, a bed counts as similar."),
    ),
    "severity.shared": (_("May leave the own specialty"), _("All others stay there or go to intensive care.")),
    "severity.intensive_open_to": (_("May have an intensive bed without an order"), ""),
    "times.hold_minutes": (_("A held bed waits for its confirmation"), ""),
    "times.turnover_minutes": (_("From departure until the bed is ready"), _("Where the ward says nothing else.")),
    "times.reservation_horizon_hours": (
        _("An announced departure is trusted ahead"),
        _("So far ahead the bed may be reserved."),
    ),
    "times.max_wait_minutes.emergency": (_("Longest wait for a bed: emergency"), _("After the wanted time.")),
    "times.max_wait_minutes.urgent": (_("Longest wait for a bed: urgent"), _("After the wanted time.")),
    "times.max_wait_minutes.elective": (_("Longest wait for a bed: elective"), _("After the wanted time.")),
    "distance.other_site.emergency": (_("Emergencies may go to another site"), ""),
    "distance.other_site.urgent": (_("Urgent patients may go to another site"), ""),
    "distance.other_site.elective": (_("Elective patients may go to another site"), ""),
    "distance.max_road_minutes.emergency": (_("Longest drive: emergency"), _("From where the patient is.")),
    "distance.max_road_minutes.urgent": (_("Longest drive: urgent"), _("From where the patient is.")),
    "distance.max_road_minutes.elective": (_("Longest drive: elective"), _("From where the patient is.")),
    "distance.max_walk_minutes": (_("Longest walk of the attending"), _("From the home ward, at the same site.")),
    "distance.unknown_walk_minutes": (_("Walk assumed where none is known"), ""),
    "reserve.default_beds": (_("Beds that each ward keeps"), ""),
    "reserve.open_to": (_("Who may take a kept bed"), ""),
    "lookahead.off_service_penalty": (
        _("Off-service penalty"),
        _("How much longer a patient stays outside the own specialty. 0.23: ten days become 12.3."),
    ),
    "lookahead.bed_hour_price": (
        _("Price of a bed-hour"),
        _("Hours that others wait for each bed-hour lost. More: fewer outliers."),
    ),
    "lookahead.pressure": (
        _("Weight of running out"),
        _("How often dearer a bed is when its own specialty will surely need it."),
    ),
    "lookahead.patience_minutes.emergency": (_("Longest expected wait for an own bed: emergency"), PATIENCE),
    "lookahead.patience_minutes.urgent": (_("Longest expected wait for an own bed: urgent"), PATIENCE),
    "lookahead.patience_minutes.elective": (_("Longest expected wait for an own bed: elective"), PATIENCE),
    "nursing.shared_levels": (
        _("Nursing levels that may leave the own department"),
        _("All others need a step-down or intensive bed elsewhere."),
    ),
    "nursing.consult_below": (_("Nursing consult below"), _("Share of the ward's nurses who know the specialty.")),
    "nursing.refuse_below": (_("Refused below"), _("The same share; at most the one above.")),
    "nursing.max_workload": (
        _("Most workload of a lending ward"),
        _("Nursing work over what the team can do: 1 is all they can."),
    ),
    "isolation.contact.rooms": (_("Rooms for contact isolation"), ""),
    "isolation.contact.cohort": (COHORT, _("Contact isolation")),
    "isolation.droplet.rooms": (_("Rooms for droplet isolation"), ""),
    "isolation.droplet.cohort": (COHORT, _("Droplet isolation")),
    "isolation.airborne.rooms": (_("Rooms for airborne isolation"), ""),
    "isolation.airborne.cohort": (COHORT, _("Airborne isolation")),
    "isolation.protective.rooms": (_("Rooms for protective isolation"), ""),
    "isolation.protective.cohort": (COHORT, _("Protective isolation")),
    "age.child_under": (_("A child is younger than"), ""),
    "age.children_room_max": (_("A children's room takes up to"), ""),
    "age.children_together": (_("Children go to children's rooms only"), _("When they leave their own department.")),
    "score.weights.nursing": (_("Points: nursing fit"), ""),
    "score.weights.travel": (_("Points: short way of the attending"), ""),
    "score.weights.tomorrow": (_("Points: beds left for the ward's own patients tomorrow"), ""),
    "score.weights.room": (_("Points: no bed that others need more"), ""),
    "score.weights.wait": (_("Points: ready at once"), ""),
    "score.weights.closeness": (_("Points: nearer ally or specialty"), ""),
    "score.weights.near_home": (_("Points: near the patient's home"), ""),
    "score.room_costs.monitor": (_("Lost: a monitor stands unused"), _("Share of the room's points.")),
    "score.room_costs.ventilator": (_("Lost: a ventilator stands unused"), _("Share of the room's points.")),
    "score.room_costs.level": (_("Lost: each level of care too much"), _("Share of the room's points.")),
    "score.room_costs.isolation": (_("Lost: an isolation room without need"), _("Share of the room's points.")),
    "score.room_costs.single": (_("Lost: a single room without need"), _("Share of the room's points.")),
    "score.room_costs.opens_room": (_("Lost: an empty room is opened for one sex"), _("Share of the room's points.")),
    "score.room_costs.blocked_bed": (
        _("Lost: each bed that isolation makes unusable"),
        _("Share of the room's points."),
    ),
    "score.travel_half_minutes": (_("Walk at which half the points are left"), ""),
    "score.home_half_minutes": (_("Drive from home at which half the points are left"), ""),
    "score.wait_half_minutes": (_("Wait at which half the points are left"), ""),
    "score.competence_enough": (_("Share of qualified nurses that earns all points"), ""),
    "score.consult_factor": (_("What is left of the points with a nursing consult"), ""),
    "rules.level": (_("Level of care"), ""),
    "rules.severity": (_("The seriously ill stay with their specialty"), ""),
    "rules.isolation": (_("Cross-infection"), ""),
    "rules.sex": (_("Sex of the room"), ""),
    "rules.age": (_("Age"), ""),
    "rules.equipment": (_("Equipment"), ""),
    "rules.nursing": (_("Nursing level, competence and workload"), ""),
    "rules.reserve": (_("Kept beds"), ""),
    "rules.distance": (_("Other sites, drives and walks"), ""),
}

OPTIONS: dict[str, Words] = {
    "silo": _("Own department only"),
    "tiers": _("Tiers, nothing kept back"),
    "reserve": _("Tiers with a fixed reserve"),
    "lookahead": _("Tiers, looking ahead"),
    "own": _("Own department"),
    "intensive": _("Intensive care"),
    "allied": _("Allied department"),
    "similar": _("Similar specialty"),
    "nearest": _("Nearest"),
    "department": _("Department only"),
    "site": _("Specialty at the site"),
    "network": _("Specialty in the network"),
    "general": _("General"),
    "serious": _("Serious"),
    "critical": _("Critical"),
    "special": _("Special care"),
    "first": _("Level I"),
    "second": _("Level II"),
    "third": _("Level III"),
    "ordinary": _("Ordinary room"),
    "contact": _("Contact isolation"),
    "droplet": _("Droplet isolation"),
    "airborne": _("Airborne isolation"),
    "protective": _("Protective isolation"),
    "own_emergency": _("Emergencies of the ward's own department"),
    "any_emergency": _("Any emergency"),
}

UNITS: dict[str, Words] = {
    "minutes": _("minutes"),
    "hours": _("hours"),
    "beds": _("beds"),
    "years": _("years"),
    "share": _("share, 0 to 1"),
    "points": _("points"),
}

YES_NO: dict[bool, Words] = {True: _("yes"), False: _("no")}
