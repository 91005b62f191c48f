from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "yipan.base.patients"
    label = "patients"

    def ready(self) -> None:
        from yipan.base.audit import labels, watching
        from yipan.base.patients.words import ACTIONS

        labels.declare(ACTIONS)
        person = ("name", "pinyin", "initials", "phone", "address", "contact_name", "contact_phone")
        watching.watch(
            watching.Watched("patients_patient", patient="id", private=person),
            watching.Watched("patients_identifier", patient="patient_id", private=("value",)),
            watching.Watched("patients_merge", patient="survivor_id", private=("moved",)),
        )
