"""Details of requests and bookings are seen and written by whoever sees the request or booking."""

from django.db import migrations

from yipan.base.access.policies import allow, guard


def of_seen(table: str, parent: str, column: str) -> str:
    return f"EXISTS (SELECT 1 FROM {parent} parent WHERE parent.id = {table}.{column})"


PARENTS = {
    "beds_admissionrequest": ("spine_request", "request_id"),
    "beds_placement": ("spine_booking", "booking_id"),
    "beds_followupcall": ("spine_booking", "booking_id"),
    "beds_wardnotice": ("spine_booking", "booking_id"),
}


class Migration(migrations.Migration):
    dependencies = [("beds", "0001_initial"), ("spine", "0003_second_wall")]

    operations = [
        *(guard(table) for table in PARENTS),
        *(
            allow(table, "care", "SELECT INSERT UPDATE", of_seen(table, parent, column))
            for table, (parent, column) in PARENTS.items()
        ),
    ]
