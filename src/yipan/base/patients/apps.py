from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "yipan.base.patients"
    label = "patients"

    def ready(self) -> None:
        from yipan.base.access import Role, matrix
        from yipan.base.audit import labels
        from yipan.base.patients import known
        from yipan.base.patients.words import ACTIONS

        labels.declare(ACTIONS)
        matrix.declare("patients.export", {Role.COORDINATOR})
        matrix.declare("patients.erase", {Role.COORDINATOR})
        known.announce()
