"""What the pages of referrals share: who asks, the form as it was typed, places as radio buttons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from yipan.base.access import Actor
from yipan.kernel import texts
from yipan.kernel.errors import InvalidInput, YipanError
from yipan.spine import joint, registry
from yipan.ui import messages
from yipan.ui.filters import zone_of

SALT = "referrals.offer"


def actor_of(request: HttpRequest, verb: str = "referrals.view") -> Actor:
    """Who asks; Refused without the verb anywhere."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.require(verb)
    return actor


@dataclass
class Form:
    """What was typed, and what is wrong with it: `errors` maps a field to its sentences."""

    values: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, data: QueryDict, defaults: Mapping[str, str] = {}) -> Form:
        typed = {name: value.strip() for name, value in data.items() if isinstance(value, str)}
        return cls({**defaults, **typed}, {name: data.getlist(name) for name in data})

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def several(self, name: str) -> list[str]:
        return self.lists.get(name, [])

    def wrong(self, name: str, sentence: str) -> None:
        found = self.errors.setdefault(name, [])
        if sentence not in found:
            found.append(sentence)

    def take(self, error: YipanError, place: str = "") -> None:
        """Put an error beside the field that it is about; what a part of a joint booking refused names the part."""
        named = error.params.get("fields")
        if isinstance(named, Mapping):
            for name, code in named.items():
                self.wrong(name, messages.sentence(code))
            return
        sentence = messages.sentence("part_taken") if error.code == "capacity_taken" else messages.of_error(error)
        if part := error.params.get("part"):
            sentence = messages.sentence("part_failed", {"part": line_name(str(part)), "why": sentence})
        self.wrong(place, sentence)

    def summary(self) -> list[tuple[str, str]]:
        """(field's id, sentence) for the list above the form."""
        return [(f"f-{name}" if name else "", told) for name in self.errors for told in self.errors[name]]

    def uuid(self, name: str) -> UUID | None:
        return texts.identifier(self[name])

    def day(self, name: str) -> date | None:
        try:
            return texts.day(self[name]) if self[name] else None
        except InvalidInput:
            self.wrong(name, _("Write a date such as 1958-03-21."))
            return None

    def instant(self, name: str, site: Any = None) -> datetime | None:
        try:
            return texts.instant(self[name], zone_of(site)) if self[name] else None
        except InvalidInput:
            self.wrong(name, _("Write a date and a time such as 2026-03-21 09:30."))
            return None


NOBODY = UUID(int=0)


def line_name(code: str) -> str:
    """A line as people call it; an unknown one by its code."""
    return next((str(line.name) for line in registry.lines() if line.code == code), code)


def pack(offer: joint.Offer) -> str:
    """An offer as the value of a radio button, signed: what comes back is what was offered."""
    told = asdict(offer)
    told["capacity_ids"] = [str(i) for i in offer.capacity_ids]
    told["site_id"], told["start"] = str(offer.site_id), offer.start.isoformat()
    told["end"] = offer.end.isoformat() if offer.end else None
    told["data"] = {k: v for k, v in offer.data.items() if isinstance(v, str | int | float | bool | None)}
    told["reasons"] = []
    return signing.dumps(told, salt=SALT, compress=True)


def unpack(text: str) -> joint.Offer:
    """Raises InvalidInput("joint_mismatch") for anything but what `pack` made."""
    try:
        told = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        raise InvalidInput("joint_mismatch") from None
    return joint.Offer(
        line=told["line"],
        capacity_ids=tuple(UUID(i) for i in told["capacity_ids"]),
        start=datetime.fromisoformat(told["start"]),
        end=datetime.fromisoformat(told["end"]) if told["end"] else None,
        site_id=UUID(told["site_id"]),
        place=told["place"],
        data=told["data"],
    )


def chosen(form: Form, count: int) -> list[tuple[int, joint.Offer]]:
    """The offers that were ticked, by the number of their need."""
    return [(n, unpack(form[f"offer-{n}"])) for n in range(count) if form[f"offer-{n}"]]


def first_of(values: Iterable[Any]) -> Any:
    return next(iter(values), None)
