"""The hospital of the crash tests, written into the database of an installation by a process of its own.

    python -m tests.crash.hospital MESSAGES BOOKINGS SENDERS   prints what the clients need as JSON

Wards `feed…` belong to the hospitals' systems, one for each sender; the wards `desk…` to the people at the pages. Run
again it adds requests and beds for another round.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import sys
from datetime import date, timedelta
from typing import Any

STEPS = 4
"""Messages about one patient: A01 in, A08, A03 out, A20 clean."""
FEED_BEDS = 6
DESK_WARDS = 4
SPARE_BEDS = 30
ROUND = 10_000


def main(messages: int, bookings: int, senders: int) -> dict[str, Any]:
    """Write it, in one transaction, and return what the clients need."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.crash.settings"
    django.setup()
    from django.db import connection, transaction

    from tests.crash import witness
    from yipan.base.network.models import Organisation
    from yipan.spine import testing

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(witness.MAKE)
        # Names count on from the round before, which another process made.
        testing._numbers = itertools.count(1 + ROUND * Organisation.objects.count())
        told = {**feeds(messages, senders), **desk(bookings)}
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as after every load
        return told


def name_of(who: str) -> str:
    """A name like nobody else's, so that looking for likely duplicates finds nobody."""
    chance = random.Random(who)
    return "".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(3))


def feeds(messages: int, senders: int) -> dict[str, Any]:
    """One hospital with a system for each sender; every system speaks of the beds of its own ward."""
    from yipan.interop.models import Source
    from yipan.spine.testing import small_network

    network = small_network(wards={f"feed{n}": FEED_BEDS for n in range(senders)})
    made = []
    for n in range(senders):
        facility = f"{network.organisation.code}-{n}"
        Source.objects.create(application="HIS", facility=facility, organisation=network.organisation, charset="utf-8")
        beds = [(b.room.ward.code, b.room.label, b.label) for b in network.beds[f"feed{n}"]]
        share = messages // STEPS // senders + (n < messages // STEPS % senders)
        made.append({"facility": facility, "beds": beds, "patients": share})
    return {"feeds": made}


def desk(bookings: int) -> dict[str, Any]:
    """As many men who wait as bookings are wanted, in turn for each ward; a few more beds; a coordinator, signed in."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    from yipan.base.access.models import Grant
    from yipan.base.access.roles import Role
    from yipan.base.patients.models import Patient
    from yipan.kernel import clock
    from yipan.lines.beds.models import AdmissionRequest
    from yipan.spine.models import Request
    from yipan.spine.testing import small_network

    size = bookings // DESK_WARDS + SPARE_BEDS
    network = small_network(wards={f"desk{n}": size for n in range(DESK_WARDS)})
    now, homes = clock.now(), [network.departments[f"desk{n}"] for n in range(DESK_WARDS)]
    patients = [
        Patient(
            name=name_of(f"desk {n}"),
            sex="male",
            birth_date=date(1950, 1, 1) + timedelta(n),
            created_at=now,
            updated_at=now,
        )
        for n in range(bookings)
    ]
    Patient.objects.bulk_create(patients)
    common = {"line": "beds", "site": network.site, "wanted_from": now, "created_at": now, "created_by": "crash"}
    requests = [Request(patient=p, home_department=homes[n % DESK_WARDS], **common) for n, p in enumerate(patients)]
    Request.objects.bulk_create(requests)
    AdmissionRequest.objects.bulk_create(
        AdmissionRequest(request=r, certificate_at=now, sex="male", age_years=60) for r in requests
    )
    user = User.objects.create_user(f"zhou-{network.organisation.code}")
    Grant.objects.create(user=user, role=Role.COORDINATOR, organisation=network.organisation)
    browser = Client()
    browser.force_login(user)
    return {
        "requests": [str(r.pk) for r in requests],
        "beds": [[str(b.pk) for b in network.beds[f"desk{n}"]] for n in range(DESK_WARDS)],
        "session": f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}",
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*(int(word) for word in sys.argv[1:4]))))
