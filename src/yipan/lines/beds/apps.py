from django.apps import AppConfig


class BedsConfig(AppConfig):
    name = "yipan.lines.beds"
    label = "beds"

    def ready(self) -> None:
        from yipan.lines.beds import known, line

        line.announce()
        known.announce()
