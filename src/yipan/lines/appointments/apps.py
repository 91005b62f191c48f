from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    name = "yipan.lines.appointments"
    label = "appointments"

    def ready(self) -> None:
        from yipan.base.audit import watching
        from yipan.lines.appointments import known, line

        line.announce()
        known.announce()
        watching.watch(
            watching.Watched("appointments_appointment", key="request_id", private=("reason",)),
        )
