"""A critical number that answers no order: whose it is, and who sees it.

Whoever told it does, and whoever cares for the patient: sees a request of theirs.
"""

import django.db.models.deletion
from django.db import migrations, models

from yipan.base.access.policies import allow

TOLD = """EXISTS (
  SELECT 1 FROM network_organisation org WHERE org.id = exams_criticalvalue.organisation_id
  AND org.path LIKE ANY ((SELECT yipan_paths('care'))::text[])
)"""
CARED_FOR = "EXISTS (SELECT 1 FROM spine_request request WHERE request.patient_id = exams_criticalvalue.patient_id)"
OF_ORDER = "yipan_sees_request(order_id)"

GONE = """
DROP POLICY care_select ON exams_criticalvalue;
DROP POLICY care_insert ON exams_criticalvalue;
DROP POLICY care_update ON exams_criticalvalue;
"""
BEFORE = """
CREATE POLICY care_select ON exams_criticalvalue FOR SELECT TO yipan_person USING (yipan_sees_request(order_id));
CREATE POLICY care_insert ON exams_criticalvalue FOR INSERT TO yipan_person WITH CHECK (yipan_sees_request(order_id));
CREATE POLICY care_update ON exams_criticalvalue FOR UPDATE TO yipan_person USING (yipan_sees_request(order_id));
"""


def pointer(name: str, to: str) -> migrations.AddField:
    key = models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=to)
    return migrations.AddField(model_name="criticalvalue", name=name, field=key)


class Migration(migrations.Migration):
    dependencies = [
        ("exams", "0010_critical_limits"),
        ("network", "0005_policy_evidence"),
        ("patients", "0007_second_wall"),
        ("spine", "0006_joint_booking"),
    ]

    operations = [
        migrations.AlterField(
            model_name="criticalvalue",
            name="order",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="criticals",
                to="exams.examorder",
            ),
        ),
        pointer("patient", "patients.patient"),
        pointer("organisation", "network.organisation"),
        pointer("site", "network.site"),
        migrations.AddConstraint(
            model_name="criticalvalue",
            constraint=models.CheckConstraint(
                condition=models.Q(order__isnull=False, patient=None, organisation=None, site=None)
                | models.Q(order=None, patient__isnull=False, organisation__isnull=False, rule__isnull=False),
                name="critical_of_somebody",
            ),
        ),
        migrations.RunSQL(GONE, BEFORE),
        allow(
            "exams_criticalvalue",
            "care",
            "SELECT UPDATE",
            f"{OF_ORDER} OR (order_id IS NULL AND ({TOLD} OR {CARED_FOR}))",
        ),
        allow("exams_criticalvalue", "care", "INSERT", f"{OF_ORDER} OR (order_id IS NULL AND {TOLD})"),
    ]
