"""How long reports took: median, nine of ten, and the share within the target, by category and urgency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from yipan.base.access import Actor

VERB = "exams.reading_figures"

SIGNED = """
SELECT {key}, count(*),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM done_at - performed_at)) / 60,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM done_at - performed_at)) / 60,
       (count(*) FILTER (WHERE done_at <= due_at))::float / count(*)
FROM exams_reading reading
JOIN exams_examorder ordered ON ordered.request_id = reading.order_id
JOIN exams_examitem item ON item.id = ordered.item_id
JOIN exams_readingcentre centre ON centre.id = reading.centre_id
JOIN network_site site ON site.id = centre.site_id
JOIN network_organisation organisation ON organisation.id = site.organisation_id
WHERE done_at >= %(start)s AND done_at < %(end)s AND organisation.path LIKE ANY (%(paths)s)
  AND (%(centre)s::uuid IS NULL OR centre.id = %(centre)s)
GROUP BY {group} ORDER BY {group}
"""
KEYS = {
    "kind": ("item.category, reading.urgency", "1, 2"),
    "day": ("(done_at AT TIME ZONE %(zone)s)::date, ''", "1, 2"),
    "reader": ("signer.signer_id::text, ''", "1, 2"),
    "total": ("'', ''", "1, 2"),
}
BY_SIGNER = SIGNED.replace(
    "WHERE done_at >=",
    "JOIN exams_report signer ON signer.order_id = reading.order_id AND signer.stage = 'final'\nWHERE done_at >=",
)
POSITIVE = """
SELECT item.category, (count(*) FILTER (WHERE report.positive))::float / count(*)
FROM exams_reading reading
JOIN exams_report report ON report.order_id = reading.order_id AND report.stage = 'final'
JOIN exams_examorder ordered ON ordered.request_id = reading.order_id
JOIN exams_examitem item ON item.id = ordered.item_id
JOIN exams_readingcentre centre ON centre.id = reading.centre_id
JOIN network_site site ON site.id = centre.site_id
JOIN network_organisation organisation ON organisation.id = site.organisation_id
WHERE done_at >= %(start)s AND done_at < %(end)s AND organisation.path LIKE ANY (%(paths)s)
  AND (%(centre)s::uuid IS NULL OR centre.id = %(centre)s)
GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Took:
    """The times of one group, in minutes. `first` and `second` say which: category and urgency, a day, a reader."""

    first: Any
    second: str
    count: int
    median: float
    ninth: float
    in_time: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A period and, if one is named, a centre."""

    start: datetime
    end: datetime
    centre: UUID | None = None
    zone: str = "Asia/Shanghai"


def times(actor: Actor, asked: Asked, by: str) -> list[Took]:
    """Signed reports by "kind" (category and urgency), "day", "reader" or in "total", where the actor may see figures.

    Raises Refused.
    """
    actor.require(VERB)
    key, group = KEYS[by]
    sql = BY_SIGNER if by == "reader" else SIGNED
    with connection.cursor() as cursor:
        cursor.execute(sql.format(key=key, group=group), _params(actor, asked))
        return [Took(*row) for row in cursor.fetchall()]


def positive_rates(actor: Actor, asked: Asked) -> dict[str, float]:
    """Category → share of signed reports that found something."""
    actor.require(VERB)
    with connection.cursor() as cursor:
        cursor.execute(POSITIVE, _params(actor, asked))
        return dict(cursor.fetchall())


def _params(actor: Actor, asked: Asked) -> dict[str, Any]:
    return {
        "start": asked.start,
        "end": asked.end,
        "centre": asked.centre,
        "zone": asked.zone,
        "paths": [path + "%" for path in actor.paths(VERB)],
    }


def days(rows: list[Took]) -> dict[date, Took]:
    """Rows by day."""
    return {row.first: row for row in rows}
