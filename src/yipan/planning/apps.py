from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "yipan.planning"
    label = "planning"

    def ready(self) -> None:
        from yipan.lines.beds.pages.overview import add_panel
        from yipan.planning import known, scenarios, verbs, words
        from yipan.planning.forecasting import outlooks
        from yipan.planning.pages import overview
        from yipan.ui import messages

        verbs.announce()
        known.announce()
        outlooks.announce()
        add_panel(overview.panel)
        messages.register(words.SENTENCES)
        scenarios.announce()
