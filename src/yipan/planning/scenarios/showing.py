"""A scenario as its page shows it: rows, sentences and plots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import tomli_w
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yipan.base.network import policies
from yipan.base.network.models import Department, Ward
from yipan.planning.scenarios import words
from yipan.planning.scenarios.breakeven import BreakEven
from yipan.planning.scenarios.choosing import Candidate
from yipan.planning.scenarios.models import Scenario
from yipan.planning.scenarios.telling import Range, Result
from yipan.ui.filters import moment, number, percent

DEPARTMENTS_SHOWN = 12
DASHES = ("", "6", "2 4", "2 4 6 4")
"""Strokes of the policies' lines, as the plots draw them (`ui.charts.DASHES`)."""

BEYOND = "> 100%"
"""A break-even above every penalty that was tried."""


def title(found: Scenario) -> str:
    """Its name, or when it was asked for."""
    return found.name or _("Scenario of %(time)s") % {"time": moment(found.created_at)}


def names(found: Scenario) -> dict[str, str]:
    """Each policy as people call it, by key."""
    return {row["key"]: words.named(row) for row in found.policies}


def row(found: Scenario) -> dict[str, Any]:
    """A line of the list: what was tried, and what came out best."""
    told: dict[str, Any] = {"found": found, "title": title(found), "names": list(names(found).values())}
    if found.is_done:
        result, called = Result(found.result), names(found)
        waits = {key: result.measure(key, "wait").mean for key in result.keys}
        known = {key: wait for key, wait in waits.items() if wait is not None}
        if known:
            best = min(known, key=lambda key: known[key])
            told |= {"best": called[best], "wait": words.in_words("wait", Range(known[best], None, None))}
    return told


def asked(found: Scenario) -> dict[str, Any]:
    """What was asked, with the names of wards and departments."""
    wards = Ward.objects.select_related("site").in_bulk([UUID(row["ward"]) for row in found.closures])
    ids = [UUID(row["department"]) for row in found.surges if row["department"]]
    departments = Department.objects.select_related("site").in_bulk(ids)
    return {
        "closures": [{**row, "ward": wards.get(UUID(row["ward"])), "days": _days(row)} for row in found.closures],
        "surges": [
            {
                **row,
                "department": departments.get(UUID(row["department"])) if row["department"] else None,
                "more": f"{(row['factor'] - 1) * 100:+.0f}%",
                "days": _days(row),
            }
            for row in found.surges
        ],
    }


def whole(found: Scenario, result: Result) -> dict[str, Any]:
    """Everything that the page of a finished scenario shows."""
    from yipan.planning.scenarios import drawing

    called = names(found)
    rows = [_policy(found, result, called, k, key) for k, key in enumerate(result.keys)]
    return {
        "result": result,
        "rows": rows,
        "verdicts": _verdicts(result, called),
        "plots": drawing.measures(result, called),
        "penalties": drawing.penalties(result, called, found.penalty),
        "taken": drawing.taken(found, result, called),
        "departments": _departments(result),
        "reason": words.REASONS.get(found.result["reason"], ""),
        "lean": _lean(found),
    }


def _policy(found: Scenario, result: Result, called: dict[str, str], k: int, key: str) -> dict[str, Any]:
    chosen = found.chosen(key) or {}
    in_force = next(row["policy"] for row in found.policies if row["in_force"])
    wait = result.change(key, "wait")
    return {
        "key": key,
        "place": k,
        "dash": DASHES[k % len(DASHES)],
        "name": called[key],
        "in_force": chosen.get("in_force", False),
        "wait": words.parts("wait", result.measure(key, "wait")),
        "wait_95": words.parts("wait_95", result.measure(key, "wait_95")),
        "outliers": words.parts("outliers", result.measure(key, "outliers")),
        "occupancy": words.parts("occupancy", result.measure(key, "occupancy")),
        "queue": words.parts("queue", result.measure(key, "queue")),
        "change": _change(wait, result.relative(key, "wait")),
        "break_even": _break_even(result.break_even(key)),
        "differs": tomli_w.dumps(policies.own_keys(chosen.get("policy", {}), in_force)),
    }


def _change(found: Range, relative: float | None) -> dict[str, Any] | None:
    """How the mean wait differs from the policy in force; its tone only where the whole interval says so."""
    if found.mean is None:
        return None
    tones = {-1: "free", 0: "neutral", 1: "warn"}
    symbols = {-1: "arrow-down", 0: "equal-approximately", 1: "arrow-up"}
    text = f"{relative * 100:+.0f}%".replace("-", "−") if relative is not None else f"{found.mean:+.1f} h"
    return {"text": text, "tone": tones[found.sign], "symbol": symbols[found.sign], "sure": found.sign != 0}


def _break_even(found: BreakEven | None) -> tuple[str, str]:
    """The break-even penalty and its interval, in words."""
    if found is None:
        return "–", ""
    if found.state == "always":
        return BEYOND, _("at least %(low)s") % {"low": percent(found.low, 0)} if found.low else ""
    if found.state == "never":
        return _("never"), ""
    low, high = percent(found.low, 0), percent(found.high, 0) if found.high is not None else BEYOND
    return percent(found.at, 0), _("%(low)s to %(high)s") % {"low": low, "high": high}


def _verdicts(result: Result, called: dict[str, str]) -> list[str]:
    """What stands out, in a few sentences."""
    others = result.keys[1:]
    told = []
    better = [key for key in others if result.change(key, "wait").sign < 0]
    if better:
        best = min(better, key=lambda key: result.measure(key, "wait").mean or 0.0)
        change = result.change(best, "wait")
        told.append(
            _("%(policy)s: patients wait %(less)s less (%(low)s to %(high)s) than under the policy in force.")
            % {"policy": called[best], **_less(change)}
        )
    else:
        told.append(_("No policy clearly shortens the waits of the one in force."))
    worse = [key for key in others if result.change(key, "wait").sign > 0]
    if worse:
        text = ngettext("%(names)s makes waits longer.", "%(names)s make waits longer.", len(worse))
        told.append(text % {"names": _(", ").join(f"“{called[key]}”" for key in worse)})
    sharing = [key for key in result.keys if (result.measure(key, "outliers").mean or 0.0) > 0.001]
    if len(sharing) > 1:
        fewest = min(sharing, key=lambda key: result.measure(key, "outliers").mean or 0.0)
        told.append(
            _("Of those that share beds, %(policy)s has the fewest patients outside their specialty: %(share)s.")
            % {"policy": called[fewest], "share": words.in_words("outliers", result.measure(fewest, "outliers"))}
        )
    return told


def _less(change: Range) -> dict[str, str]:
    mean, low, high = (abs(value or 0.0) for value in (change.mean, change.high, change.low))
    return {name: words.value_of("wait", value) for name, value in (("less", mean), ("low", low), ("high", high))}


def _departments(result: Result) -> list[dict[str, Any]]:
    """Departments whose patients' waits differ most between the policies, with the wait under each."""
    told = {d: [result.department(key, d, "wait").mean for key in result.keys] for d in result.departments}
    waits = {d: [wait or 0.0 for wait in row] for d, row in told.items()}
    first = sorted(waits, key=lambda d: min(waits[d]) - max(waits[d]))[:DEPARTMENTS_SHOWN]
    known = Department.objects.select_related("site").in_bulk([UUID(d) for d in first])
    most = max((wait for d in first for wait in waits[d]), default=0.0) or 1.0
    return [
        {
            "department": known[UUID(d)],
            "cells": [
                {
                    "wait": number(wait, 1),
                    "heat": min(int(wait / most * 6 + 0.5), 6),
                    "outliers": percent(result.department(key, d, "outliers").mean, 0),
                }
                for key, wait in zip(result.keys, waits[d], strict=True)
            ],
        }
        for d in first
        if UUID(d) in known
    ]


def _lean(found: Scenario) -> list[str]:
    """Departments that lean on the network for how long their patients stay."""
    rows = Department.objects.select_related("site").filter(pk__in=[UUID(d) for d in found.made_from["lean"]])
    return [f"{row.label} · {row.site.label}" for row in rows.order_by("site__code", "code")]


def candidates(found: Iterable[Candidate]) -> list[dict[str, Any]]:
    """What may be ticked, with what it means; what is the same as the policy in force is told as that one only."""
    told = list(found)
    return [
        {
            "key": one.key,
            "name": words.named(one.stored()),
            "about": words.ABOUT[one.policy["strategy"]] if one.kind != "version" else "",
            "in_force": one.in_force,
        }
        for one in told
        if one.in_force or one.policy != told[0].policy
    ]


def by_site(rows: Iterable[Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Wards or departments as the groups of a list."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in rows:
        groups.setdefault(one.site.label, []).append((str(one.pk), one.label))
    return list(groups.items())


def span(seconds: int) -> str:
    """A time to run, in words."""
    if seconds < 60:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
    return ngettext("%(n)s minute", "%(n)s minutes", seconds // 60) % {"n": seconds // 60}


def _days(row: dict[str, Any]) -> str:
    first, last = f"{row['begin'] + 1:g}", f"{row['end']:g}"
    return _("day %(first)s to %(last)s") % {"first": first, "last": last}


__all__: Sequence[str] = ("asked", "by_site", "candidates", "names", "row", "span", "title", "whole")
