"""The placement policy as a form: one control for each setting of the engine, and back to a dict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from yipan.base.network import hooks, policies
from yipan.base.network.columns import plain
from yipan.base.network.policy_words import KEYS, OPTIONS, SECTIONS, UNITS, YES_NO, Words

ORDERED = "tiers.order"
"""The one list whose order matters: its options carry numbers instead of ticks."""


@dataclass(slots=True)
class Control:
    """One setting: `kind` is flag, number, choice, choices or order; `own`: decided here, not inherited."""

    path: str
    label: Words
    help: Words
    kind: str
    value: Any
    inherited: Any
    own: bool
    unit: Words = ""
    attrs: dict[str, Any] = field(default_factory=dict)
    options: list[tuple[str, Words]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def shown(self) -> str:
        """What is inherited, in words."""
        match self.inherited:
            case bool():
                return str(YES_NO[self.inherited])
            case list():
                return ", ".join(str(OPTIONS.get(item, item)) for item in self.inherited) or "–"
            case _:
                return str(OPTIONS.get(self.inherited, self.inherited))


@dataclass(slots=True)
class Section:
    """A group of controls under one heading."""

    name: str
    label: Words
    help: Words
    controls: list[Control]


def sections(
    inherited: Mapping[str, Any], own: Mapping[str, Any], problems: list[dict[str, Any]] | None = None
) -> list[Section]:
    """The form. `inherited` is the whole policy without this organisation, `own` what it decides or has just given."""
    from yipan.engine.placement.policy import settings

    effective = policies.overlay(inherited, own)
    wrong: dict[str, list[str]] = {}
    for problem in problems or []:
        wrong.setdefault(problem["path"], []).append(hooks.sentence(problem["code"], problem))
    made: dict[str, Section] = {}
    for setting in settings():
        if setting.path == "version":
            continue
        name = setting.path.split(".")[0]
        section = made.setdefault(name, Section(name, *SECTIONS[name], []))
        label, help_text = KEYS[setting.path]
        control = Control(
            path=setting.path,
            label=label,
            help=help_text,
            kind="order" if setting.path == ORDERED else "number" if setting.kind == "whole" else setting.kind,
            value=_shown(value_at(effective, setting.path)),
            inherited=_shown(value_at(inherited, setting.path)),
            own=value_at(own, setting.path) is not None,
            unit=UNITS.get(setting.unit, ""),
            options=[(option, OPTIONS[option]) for option in setting.options],
            errors=wrong.get(setting.path, []),
        )
        if control.kind == "number":
            step = "1" if setting.kind == "whole" else "any"
            control.attrs = {"min": f"{setting.low:g}", "max": f"{setting.high:g}", "step": step}
        section.controls.append(control)
    return list(made.values())


def _shown(value: Any) -> Any:
    """Numbers without a needless ".0"; anything else as it is."""
    return plain(value) if isinstance(value, float) else value


def own_from(post: QueryDict, inherited: Mapping[str, Any]) -> dict[str, Any]:
    """What the form decides differently from what is inherited. Unreadable numbers stay text, for the check to name."""
    from yipan.engine.placement.policy import settings

    full: dict[str, Any] = {}
    for setting in settings():
        if setting.path == "version":
            continue
        put(full, setting.path, _read(post, setting.path, setting.kind, setting.options))
    return policies.own_keys(full, inherited)


def value_at(body: Mapping[str, Any], path: str) -> Any:
    """The value of a dotted path; None where there is none."""
    found: Any = body
    for step in path.split("."):
        if not isinstance(found, Mapping) or step not in found:
            return None
        found = found[step]
    return found


def put(body: dict[str, Any], path: str, value: Any) -> None:
    """Set the value of a dotted path, making the sections on the way."""
    *steps, last = path.split(".")
    for step in steps:
        body = body.setdefault(step, {})
    body[last] = value


def _read(post: QueryDict, path: str, kind: str, options: tuple[str, ...]) -> Any:
    text = post.get(path, "").strip()
    match kind:
        case "flag":
            return bool(text)
        case "whole":
            return _number(text, int)
        case "number":
            return _number(text, float)
        case "choices" if path == ORDERED:
            ranked = [(_number(post.get(f"{path}.{option}", "").strip(), float), option) for option in options]
            return [option for rank, option in sorted(r for r in ranked if isinstance(r[0], float))]
        case "choices":
            return [option for option in options if option in post.getlist(path)]
        case _:
            return text


def _number(text: str, kind: type[int] | type[float]) -> Any:
    try:
        return kind(text)
    except ValueError:
        return text
