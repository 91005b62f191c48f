from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "yipan.base.patients"
    label = "patients"

    def ready(self) -> None:
        from yipan.base.audit import labels
        from yipan.base.patients.words import ACTIONS

        labels.declare(ACTIONS)
