from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "yipan.base.patients"
    label = "patients"

    def ready(self) -> None:
        from yipan.base.access import Role, matrix
        from yipan.base.audit import labels, watching
        from yipan.base.patients import known
        from yipan.base.patients.words import ACTIONS, THINGS

        labels.declare(ACTIONS, THINGS)
        matrix.declare_passage("patients.emergency", "an emergency opens one record to one person for a while")
        matrix.declare_passage("patients.leaving", "who is handed out or made anonymous is so in every room at once")
        matrix.declare("patients.export", {Role.COORDINATOR})
        matrix.declare("patients.erase", {Role.COORDINATOR})
        known.announce()
        person = ("name", "pinyin", "initials", "phone", "phone_digest", "address", "contact_name", "contact_phone")
        watching.watch(
            watching.Watched("patients_patient", patient="id", private=person),
            watching.Watched("patients_identifier", patient="patient_id", private=("value", "value_digest")),
            watching.Watched("patients_merge", patient="survivor_id", private=("moved",)),
        )
