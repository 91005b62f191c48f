"""Who a rule lets in, worked out from the written matrix alone."""

from __future__ import annotations

from dataclasses import dataclass

from yipan.base.access import Role, matrix

PLACES = {
    "everybody": "anybody, also without a login",
    "person": "everybody who is logged in",
    "anywhere": "whoever has the verb at any organisation",
    "here": "whoever has the verb at the organisation of the object, or above it",
    "top": "whoever has the verb at the top of every tree",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A verb and where it has to be held: "beds.place@here", "patients.view@anywhere", "person", "everybody"."""

    verb: str
    place: str

    @classmethod
    def read(cls, text: str) -> Rule:
        verb, _, place = text.rpartition("@")
        assert place in PLACES, text
        assert bool(verb) == (place in ("anywhere", "here", "top")), text
        return cls(verb, place)

    def __str__(self) -> str:
        return f"{self.verb}@{self.place}" if self.verb else self.place


@dataclass(frozen=True, slots=True)
class Holding:
    """A role as somebody of the walk holds it: at which of the two organisations, and for which ward only."""

    role: Role
    at: str
    ward: str = ""


@dataclass(frozen=True, slots=True)
class Somebody:
    """One who walks. `name` says in a failure who it was."""

    name: str
    holdings: tuple[Holding, ...] = ()
    is_logged_in: bool = True


def everybody() -> list[Somebody]:
    """Each role at the organisation of the objects (a nurse: in the object's ward); a nurse of another ward; all roles
    elsewhere; all roles everywhere; a person without a role; nobody."""
    roles = [role for role in Role if role is not Role.INTERFACE]
    wards = {Role.WARD_NURSE: "the ward"}
    here = [Somebody(role.value, (Holding(role, "here", wards.get(role, "")),)) for role in roles]
    elsewhere = tuple(Holding(role, "elsewhere") for role in roles)
    everywhere = elsewhere + tuple(Holding(role, "here") for role in roles)
    return [
        *here,
        Somebody("nurse of another ward", (Holding(Role.WARD_NURSE, "here", "another ward"),)),
        Somebody("all roles elsewhere", elsewhere),
        Somebody("all roles everywhere", everywhere),
        Somebody("without a role"),
        Somebody("anonymous", is_logged_in=False),
    ]


def allows(rule: Rule, who: Somebody) -> bool:
    """Whether the rule lets this one in. Objects of the walk lie "here", in "the ward"."""
    if rule.place == "everybody":
        return True
    if rule.place == "person":
        return who.is_logged_in
    verb = matrix.verb(rule.verb)
    held = [h for h in who.holdings if h.role in verb.roles]
    if rule.place == "top":
        return {h.at for h in held} == {"here", "elsewhere"}
    if rule.place == "here":
        held = [h for h in held if h.at == "here" and (not verb.by_ward or h.ward in ("", "the ward"))]
    return bool(held)
