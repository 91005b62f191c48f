from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "yipan.planning"
    label = "planning"

    def ready(self) -> None:
        from yipan.planning import known, scenarios, verbs, words
        from yipan.ui import messages

        verbs.announce()
        known.announce()
        messages.register(words.SENTENCES)
        scenarios.announce()
