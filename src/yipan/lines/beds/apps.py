from django.apps import AppConfig


class BedsConfig(AppConfig):
    name = "yipan.lines.beds"
    label = "beds"

    def ready(self) -> None:
        from yipan.base.audit import watching
        from yipan.lines.beds import known, line

        line.announce()
        known.announce()
        watching.watch(
            watching.Watched(
                "beds_admissionrequest", key="request_id", private=("diagnosis", "note"), ignored=("changed", "reach")
            ),
            watching.Watched("beds_placement", key="booking_id"),
        )
