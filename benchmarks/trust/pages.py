"""The first page of a board of 2,000 beds: what the server needs to make it."""

from __future__ import annotations

import numpy as np

from benchmarks.trust.report import Report, milliseconds


def measure(report: Report, rounds: int) -> None:
    """The whole request through every middleware, without the network between server and browser."""
    from django.contrib.auth.models import User
    from django.test import Client

    from benchmarks.trust.live import _login
    from yipan.base.network.models import Bed, Site

    _login()
    client = Client()
    client.force_login(User.objects.get(username="bench"))
    site = Site.objects.order_by("code").first()
    assert site is not None
    beds = Bed.objects.filter(room__ward__site=site).count()
    page = client.get(f"/beds?site={site.code}")
    assert page.status_code == 200
    assert page.content.count(b'class="bed') >= beds
    took = milliseconds(lambda: client.get(f"/beds?site={site.code}"), rounds)
    report.at_most(
        f"board of {beds:,} beds, p50", float(np.median(took)), "ms", 150, f"{len(page.content) / 1024:,.0f} kB"
    )
