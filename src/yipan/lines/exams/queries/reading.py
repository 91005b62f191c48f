"""What waits to be read, by whom, and how it stands; cut to the centres where the actor reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from yipan.base.access import Actor, scope
from yipan.base.network.models import Site
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, NotFound
from yipan.lines.exams.models import Coverage, Reader, Reading, ReadingCentre, ReadingClaim
from yipan.lines.exams.policy import reading as policy
from yipan.lines.exams.policy.reading import Hand, ReadingPolicy, Task, Urgency

READ = "exams.read"
CENTRE_PATH = "centre__site__organisation__path"
SUGGESTED = 400
"""For how many of the most urgent a reader is suggested: nobody looks further down the list."""

EMERGENCIES_FIRST = Case(When(urgency=Urgency.EMERGENCY, then=Value(0)), default=Value(1), output_field=IntegerField())
BY_PLACE = (EMERGENCIES_FIRST.asc(), "due_at", "performed_at", "order_id")
"""`policy.reading.place`, as the database sorts."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to see of a worklist; empty is everything."""

    category: str = ""
    urgency: str = ""
    whose: str = ""  # "mine", "fitting", "free"
    text: str = ""


def centres(actor: Actor) -> QuerySet[ReadingCentre]:
    """Centres where the actor reads."""
    found = ReadingCentre.objects.filter(scope(actor, READ, "site__organisation__path"), in_use=True)
    return found.select_related("site__organisation").order_by("code")


def readers(centre_id: UUID) -> QuerySet[Reader]:
    """Everybody who reads at a centre, by name."""
    return Reader.objects.filter(centre_id=centre_id).select_related("practitioner").order_by("practitioner__code")


def reader_of(actor: Actor, centre_id: UUID | None = None) -> Reader | None:
    """The actor as a reader, of this centre where one is named."""
    if actor.user_id is None:
        return None
    rows = Reader.objects.select_related("practitioner", "centre__site__organisation")
    rows = rows.filter(practitioner__user_id=actor.user_id)
    return (rows.filter(centre_id=centre_id) if centre_id else rows).first()


def own_reader(actor: Actor, centre_id: UUID) -> Reader:
    """The actor as a reader of a centre. Raises Conflict("reader_unknown")."""
    found = reader_of(actor, centre_id)
    if found is None:
        raise Conflict("reader_unknown")
    return found


def open_readings(actor: Actor, centre_id: UUID, wanted: Wanted = Wanted()) -> QuerySet[Reading]:
    """The worklist of a centre in the order of `policy.reading.place`."""
    rows = Reading.objects.filter(scope(actor, READ, CENTRE_PATH), centre_id=centre_id, done_at=None)
    if wanted.category:
        rows = rows.filter(order__item__category=wanted.category)
    if wanted.urgency:
        rows = rows.filter(urgency=wanted.urgency)
    if wanted.text:
        rows = rows.filter(order__accession__istartswith=wanted.text.strip())
    me = reader_of(actor, centre_id)
    if wanted.whose == "mine":
        rows = rows.filter(claim__reader=me) if me else rows.none()
    elif wanted.whose == "free":
        rows = rows.filter(claim=None)
    elif wanted.whose == "fitting":
        fitting = ["", *(me.specialties if me else ())]
        rows = rows.filter(order__item__specialty__in=fitting).filter(Q(claim=None) | Q(claim__reader=me))
    return rows.order_by(*BY_PLACE)


def whole(rows: QuerySet[Reading]) -> QuerySet[Reading]:
    """The rows with everything that a worklist or an editor shows of them."""
    return rows.select_related(
        "centre__site__organisation",
        "order__item",
        "order__request__patient",
        "order__request__site__organisation",
        "order__request__home_department",
        "order__request__attending",
        "claim__reader__practitioner",
    )


def counts(actor: Actor, centre_id: UUID, at: datetime) -> dict[str, int]:
    """How much waits at a centre: all, late, and by urgency."""
    rows = Reading.objects.filter(scope(actor, READ, CENTRE_PATH), centre_id=centre_id, done_at=None)
    by = {str(u): Count("pk", filter=Q(urgency=u)) for u in Urgency}
    told: dict[str, int] = rows.aggregate(
        all=Count("pk"), late=Count("pk", filter=Q(due_at__lt=at)), taken=Count("claim"), **by
    )
    return told


def reading_of(actor: Actor, order_id: UUID) -> Reading:
    """One reading where the actor reads. Raises NotFound("reading_unknown"), Refused."""
    actor.require(READ)
    found = whole(Reading.objects.filter(scope(actor, READ, CENTRE_PATH))).filter(pk=order_id).first()
    if found is None:
        raise NotFound("reading_unknown")
    return found


def suggestions(centre: ReadingCentre, at: datetime) -> dict[UUID, UUID | None]:
    """Reading → who of those on duty should take it, for the most urgent that nobody has."""
    rules = policy.read(centre.policy)
    rows = Reading.objects.filter(centre=centre, done_at=None, claim=None).order_by(*BY_PLACE)
    fields = ("pk", "urgency", "performed_at", "due_at", "order__item__specialty", "order__item__modality")
    tasks = [
        Task(pk, urgency, performed, due, specialty, policy.minutes_of(rules, modality))
        for pk, urgency, performed, due, specialty, modality in rows.values_list(*fields)[:SUGGESTED]
    ]
    return policy.suggest(tasks, hands(centre, rules, at))


def hands(centre: ReadingCentre, rules: ReadingPolicy, at: datetime) -> list[Hand]:
    """Readers on duty with the minutes of what they have claimed."""
    loads: dict[UUID, int] = {}
    held = ReadingClaim.objects.filter(reader__centre=centre).values_list("reader_id", "reading__order__item__modality")
    for reader, modality in held:
        loads[reader] = loads.get(reader, 0) + policy.minutes_of(rules, modality)
    on_duty = Reader.objects.filter(centre=centre, duty_until__gt=at).order_by("pk")
    return [Hand(r.pk, frozenset(r.specialties), loads.get(r.pk, 0)) for r in on_duty]


def next_for(actor: Actor, centre: ReadingCentre, *, after: UUID | None = None) -> UUID | None:
    """What this reader should read next: what they hold already, then what is suggested to them, then what fits.

    `after` is left out: the one they have just finished or put back.
    """
    me = reader_of(actor, centre.pk)
    if me is None:
        return None
    own = open_readings(actor, centre.pk, Wanted(whose="mine")).exclude(pk=after).values_list("pk", flat=True).first()
    if own is not None:
        return own
    told = suggestions(centre, clock.now())
    mine = next((task for task, reader in told.items() if reader == me.pk and task != after), None)
    fitting = open_readings(actor, centre.pk, Wanted(whose="fitting")).exclude(pk=after)
    return mine or fitting.values_list("pk", flat=True).first()


def centre_for(site: Site, category: str) -> ReadingCentre | None:
    """Which centre reads a category of a site: the one that covers it, else the own hospital's; None without any."""
    rows = Coverage.objects.filter(site=site, category=category, centre__in_use=True)
    covered = rows.select_related("centre").first()
    if covered is not None:
        return covered.centre
    own = ReadingCentre.objects.filter(site__organisation_id=site.organisation_id, in_use=True)
    return own.order_by("code").first()


def loads(centre: ReadingCentre, at: datetime) -> list[tuple[Reader, int, int]]:
    """Readers on duty with what they hold: (reader, number, minutes), the busiest first."""
    rules = policy.read(centre.policy)
    minutes = {hand.id: hand.minutes for hand in hands(centre, rules, at)}
    on_duty = readers(centre.pk).filter(pk__in=minutes).annotate(held=Count("claims"))
    return sorted(((r, r.held, minutes[r.pk]) for r in on_duty), key=lambda row: -row[2])
