"""A batch of messages that is struck down is repeated as a whole, and only once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest
from django.conf import settings

from yipan.interop.inbound import apply_pending
from yipan.interop.models import InboundMessage
from yipan.interop.tests.his import His
from yipan.server.tests.test_web import database_url
from yipan.spine.models import Booking, Event
from yipan.spine.testing import small_network

PATIENCE = 30.0

STRUCK = """
    import os, signal
    import django
    django.setup()
    from yipan.base import unit
    from yipan.interop import batches

    real, done = batches.done, []

    def struck(message, told, waiters):
        done.append(message)
        answer = real(message, told, waiters)
        if len(done) == 5:
            unit.current().flush()  # all that these five did is written, and nothing is committed
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    batches.done = struck
    batches.apply_pending()
"""


@pytest.mark.django_db(transaction=True)
def test_a_killed_batch_is_applied_once() -> None:
    """kill -9 after half a batch has written: nothing of it is left; the next one applies all of it, each once."""
    his = His(small_network())
    beds = his.network.beds["neurology"]
    for n, bed in enumerate(beds):
        his.tell("A28", f"P{n}")
        his.tell("A01", f"P{n}", bed)
    variables = {
        **os.environ,
        "YIPAN_DATABASE_URL": database_url(),
        "YIPAN_SECRET_KEY": settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "yipan.server.settings",
    }
    child = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(STRUCK)], env=variables, timeout=PATIENCE, check=False
    )
    assert child.returncode == -signal.SIGKILL
    assert set(InboundMessage.objects.values_list("state", "attempts")) == {("received", 0)}
    assert not Booking.objects.exists()
    deadline = time.monotonic() + PATIENCE
    while not apply_pending():  # the dead process's locks last until the server has noticed
        assert time.monotonic() < deadline
    assert set(InboundMessage.objects.values_list("state", "attempts")) == {("applied", 1)}
    assert Booking.objects.filter(state="active").count() == len(beds)
    assert Event.objects.filter(kind="booking.arrived").count() == len(beds)
