"""A transport and its hand-over are seen and written by whoever sees the request."""

from django.db import migrations

from yipan.base.access.persons import OVERSEER
from yipan.base.access.policies import allow, guard

KEYS = {"dispatch_transport": "request_id", "dispatch_handover": "transport_id"}


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0001_initial"), ("spine", "0006_joint_booking")]

    operations = [
        *(guard(table) for table in KEYS),
        *(allow(table, "network", "SELECT INSERT UPDATE", "true", to=OVERSEER) for table in KEYS),
        *(allow(table, "care", "SELECT INSERT UPDATE", f"yipan_sees_request({key})") for table, key in KEYS.items()),
    ]
