from django.apps import AppConfig


class InteropConfig(AppConfig):
    name = "yipan.interop"
    label = "interop"

    def ready(self) -> None:
        from yipan.base.audit import watching
        from yipan.interop import known, verbs, words
        from yipan.ui import messages

        verbs.announce()
        known.announce()
        messages.register(words.SENTENCES)
        watching.watch(watching.Watched("interop_source"), watching.Watched("interop_locationalias"))
