from django.apps import AppConfig


class InteropConfig(AppConfig):
    name = "yipan.interop"
    label = "interop"

    def ready(self) -> None:
        from yipan.base.audit import watching
        from yipan.interop import known, verbs, words
        from yipan.interop.dicom.archive import plugged
        from yipan.interop.outbound import spreading
        from yipan.lines.exams.wire import archive
        from yipan.ui import messages

        verbs.announce()
        known.announce()
        archive.plug(plugged)
        spreading.announce()
        messages.register(words.SENTENCES)
        state = ("failures", "failure", "failure_params", "retry_at", "claimed_until")
        watching.watch(
            watching.Watched("interop_source"),
            watching.Watched("interop_locationalias"),
            watching.Watched("interop_receiver", ignored=state),
        )
