"""A referral and what hangs on it is seen and written by whoever sees its request."""

from django.db import migrations

from yipan.base.access.persons import OVERSEER
from yipan.base.access.policies import allow, guard

REFERRAL = "referrals_referral"
OF_REFERRAL = tuple(f"referrals_{name}" for name in ("step", "mark", "note", "document", "task"))
CANDIDATE = "referrals_candidate"
EVERY = (REFERRAL, *OF_REFERRAL, CANDIDATE)
SEES = "yipan_sees_request({})"


class Migration(migrations.Migration):
    dependencies = [("referrals", "0002_steps"), ("spine", "0006_joint_booking")]

    operations = [
        *(guard(table) for table in EVERY),
        *(allow(table, "network", "SELECT INSERT UPDATE", "true", to=OVERSEER) for table in EVERY),
        *(allow(table, "care", "SELECT INSERT UPDATE", SEES.format("request_id")) for table in (REFERRAL, CANDIDATE)),
        *(allow(table, "care", "SELECT INSERT UPDATE", SEES.format("referral_id")) for table in OF_REFERRAL),
    ]
