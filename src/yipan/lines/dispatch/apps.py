from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "yipan.lines.dispatch"
    label = "dispatch"

    def ready(self) -> None:
        from yipan.base.audit import watching
        from yipan.lines.dispatch import known, line

        line.announce()
        known.announce()
        watching.watch(
            watching.Watched("dispatch_transport", key="request_id", private=("condition", "note")),
            watching.Watched("dispatch_handover", key="transport_id", private=("treatment", "note", "vitals")),
        )
