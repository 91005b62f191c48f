"""A study is seen and changed by whoever sees its order's request; one that waits, by whoever cares for patients
somewhere: nobody knows yet whose it is, and somebody must find out."""

from django.db import migrations

from yipan.base.access.persons import OVERSEER
from yipan.base.access.policies import allow, guard

TABLE = "exams_study"
SHOWN = (
    "CASE WHEN order_id IS NULL THEN cardinality((SELECT yipan_sites('care'))) > 0"
    " ELSE yipan_sees_request(order_id) END"
)


class Migration(migrations.Migration):
    dependencies = [("exams", "0004_studies")]

    operations = [
        guard(TABLE),
        allow(TABLE, "network", "SELECT INSERT UPDATE", "true", to=OVERSEER),
        allow(TABLE, "care", "SELECT INSERT UPDATE", SHOWN),
    ]
