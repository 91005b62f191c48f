"""Who sees a request sees its bookings, events and patient: the organisation that asked, and those whose places it had."""

from django.db import migrations

from yipan.base.access.policies import allow, guard, within

# The owner's view, not bound by policies: else a request would ask its bookings, which ask their request.
PLACES = """
CREATE VIEW spine_request_place AS
SELECT booking.request_id, capacity.site_id
FROM spine_booking booking JOIN spine_capacity capacity ON capacity.id = booking.capacity_id
WHERE booking.request_id IS NOT NULL
"""

ASKED_HERE = within("care", "site_id")
LIES_HERE = f"""EXISTS (
  SELECT 1 FROM spine_request_place place
  WHERE place.request_id = spine_request.id AND {within("care", "place.site_id")}
)"""
PLACE_IS_HERE = f"""((SELECT yipan_everywhere('care')) OR EXISTS (
  SELECT 1 FROM spine_capacity capacity WHERE capacity.id = capacity_id AND {within("care", "capacity.site_id")}
))"""


def of_seen_request(column: str) -> str:
    """The request's own policy decides."""
    return f"EXISTS (SELECT 1 FROM spine_request request WHERE request.id = {column})"


class Migration(migrations.Migration):
    dependencies = [("spine", "0002_journal"), ("access", "0002_second_wall"), ("patients", "0003_second_wall")]

    operations = [
        migrations.RunSQL(PLACES, "DROP VIEW spine_request_place"),
        guard("spine_request"),
        allow("spine_request", "care", "SELECT UPDATE", f"{ASKED_HERE} OR {LIES_HERE}"),
        allow("spine_request", "care", "INSERT", ASKED_HERE),
        guard("spine_booking"),
        allow(
            "spine_booking",
            "care",
            "SELECT UPDATE",
            f"{PLACE_IS_HERE} OR {of_seen_request('spine_booking.request_id')}",
        ),
        allow("spine_booking", "care", "INSERT", PLACE_IS_HERE),
        guard("spine_event"),
        allow("spine_event", "care", "SELECT INSERT", f"{ASKED_HERE} OR {of_seen_request('spine_event.request_id')}"),
        allow(
            "patients_patient",
            "care",
            "SELECT",
            "EXISTS (SELECT 1 FROM spine_request request WHERE request.patient_id = patients_patient.id)",
        ),
    ]
