"""Which policies may be tried: the one in force, each strategy on top of it, and older versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from yipan.base.network import policies
from yipan.base.network.models import Organisation
from yipan.base.network.queries import policies_above, policy_history
from yipan.kernel.errors import InvalidInput

STRATEGIES = ("silo", "tiers", "reserve", "lookahead")
IN_FORCE = "in_force"
MOST = 8
VERSIONS = 12


@dataclass(frozen=True, slots=True)
class Candidate:
    """A policy to try. `key` is "in_force", a strategy or "v3"; `kind` tells which of these three.

    `body` is what the organisation would decide itself, `policy` the whole policy that comes of it.
    """

    key: str
    kind: str
    version: int
    in_force: bool
    body: dict[str, Any]
    policy: dict[str, Any]

    def stored(self) -> dict[str, Any]:
        """As a scenario keeps it."""
        return asdict(self)


def candidates(organisation: Organisation, *, penalty: float | None = None) -> list[Candidate]:
    """All that may be tried for an organisation, the policy in force first, none twice.

    Looking ahead counts with the penalty that is given; without one, with the policy's own.
    """
    above: dict[str, Any] = {}
    for row in policies_above(organisation.path):
        if row.organisation_id != organisation.pk:
            above = policies.overlay(above, row.body)
    history = list(policy_history(organisation)[: VERSIONS + 1])
    own = history[0].body if history else {}
    found = [_made(IN_FORCE, IN_FORCE, history[0].version if history else 0, above, own)]
    for strategy in STRATEGIES:
        more: dict[str, Any] = {"strategy": strategy}
        if strategy == "lookahead" and penalty is not None:
            more["lookahead"] = {"off_service_penalty": penalty}
        found.append(_made(strategy, "strategy", 0, above, policies.overlay(own, more)))
    found += [_made(f"v{row.version}", "version", row.version, above, row.body) for row in history[1:]]
    return found


def pick(organisation: Organisation, keys: Sequence[str], *, penalty: float) -> list[Candidate]:
    """The candidates of these keys, the policy in force first whether it was named or not.

    A strategy that is in force already is not tried twice. Raises InvalidInput for an unknown key, or when nothing is
    left to compare with the policy in force.
    """
    known = {c.key: c for c in candidates(organisation, penalty=penalty)}
    wanted = [IN_FORCE, *(key for key in dict.fromkeys(keys) if key != IN_FORCE)]
    if unknown := [key for key in wanted if key not in known]:
        raise InvalidInput("form_invalid", fields={"policies": "choice_unknown", "key": unknown[0]})
    chosen: list[Candidate] = []
    for key in wanted:
        if all(known[key].policy != other.policy for other in chosen):
            chosen.append(known[key])
    if not 2 <= len(chosen) <= MOST:
        raise InvalidInput("scenario_policies", most=MOST)
    return chosen


def _made(key: str, kind: str, version: int, above: dict[str, Any], body: dict[str, Any]) -> Candidate:
    return Candidate(key, kind, version, kind == IN_FORCE, body, policies.read(policies.overlay(above, body)).to_dict())
