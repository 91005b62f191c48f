"""A program for tests: books beds through Yipan until its input ends, and says what was acknowledged and when."""

from __future__ import annotations

import sys
import threading
from datetime import timedelta

PASSWORD = "a-nurse-at-night"


def main() -> None:
    """Print `moment TAB booking` for each booking, after its transaction came back."""
    from yipan.server import speech

    speech.set_up()
    from django.contrib.auth.models import User

    from yipan.base.access import SYSTEM
    from yipan.kernel import clock
    from yipan.spine import booking
    from yipan.spine.booking import Claim
    from yipan.spine.testing import NOON, hours, patient, request_for, small_network

    User.objects.create_user("nurse", password=PASSWORD)
    network, who = small_network(wards={"ward": 2}), patient()
    bed = network.beds["ward"][0]
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    hour = 0
    while not stop.is_set():
        start, hour = NOON + hours(hour), hour + 1
        claim = Claim(bed.pk, request_for(network, "ward", who), start, start + hours(1))
        (made,) = booking.hold(claims=[claim], by=SYSTEM, keep=timedelta(days=36500), at=NOON)
        sys.stdout.write(f"{clock.now().isoformat()}\t{made.pk}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
