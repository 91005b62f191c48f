"""An appointment is seen and written by whoever sees its request."""

from django.db import migrations

from yipan.base.access.persons import OVERSEER
from yipan.base.access.policies import allow, guard

TABLE = "appointments_appointment"


class Migration(migrations.Migration):
    dependencies = [("appointments", "0001_initial"), ("spine", "0006_joint_booking")]

    operations = [
        guard(TABLE),
        allow(TABLE, "network", "SELECT INSERT UPDATE", "true", to=OVERSEER),
        allow(TABLE, "care", "SELECT INSERT UPDATE", "yipan_sees_request(request_id)"),
    ]
