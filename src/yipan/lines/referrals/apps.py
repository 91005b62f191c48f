from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "yipan.lines.referrals"
    label = "referrals"

    def ready(self) -> None:
        from yipan.base.audit import watching
        from yipan.lines.referrals import known, line

        line.announce()
        known.announce()
        ignored = ("summary", "patient_id", "ended_at")
        watching.watch(
            watching.Watched("referrals_referral", key="request_id", private=("diagnosis",), ignored=ignored),
            watching.Watched("referrals_step", private=("note",)),
            watching.Watched("referrals_agreement", private=("phone",)),
            watching.Watched("referrals_candidate", private=("reason",)),
        )
