"""People at a browser: one context each, watched for everything that goes wrong in it."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from tests.journeys.hospital import PASSWORD

SERIOUS = ("serious", "critical")
LOCALES = {"zh-hans": "zh-CN", "en": "en-US"}
PATIENCE = 15_000  # milliseconds


class Person:
    """Somebody with a browser of their own, in one language. `problems` lists what no page may do."""

    def __init__(
        self,
        browser: Any,
        address: str,
        language: str,
        *,
        width: int = 1440,
        scheme: str = "light",
        scripts: bool = True,
    ) -> None:
        self.address, self.language = address, language
        self.problems: list[str] = []
        self.context = browser.new_context(
            base_url=address,
            locale=LOCALES[language],
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(PATIENCE)
        self.context.on("page", self._watch)
        self.page = self.context.new_page()

    def _watch(self, page: Any) -> None:
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("console", self._hear)
        page.on("requestfailed", self._failed)
        page.on("response", lambda r: r.status >= 400 and self.problems.append(f"{r.status} {r.url}"))

    def _hear(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"console: {message.text}")

    def _failed(self, request: Any) -> None:
        """Leaving a page ends its stream of live updates and what was still being fetched; that is no fault."""
        if request.failure != "net::ERR_ABORTED":
            self.problems.append(f"{request.failure} {request.url}")

    def says(self, text: str, **params: Any) -> str:
        """A text of the product in this person's language."""
        with translation.override(self.language):
            said = gettext(text)
        return said % params if params else said

    def come_as(self, username: str, first_page: str) -> None:
        """Open a page with a session that was begun before."""
        client = Client()
        client.force_login(User.objects.get(username=username))
        name = settings.SESSION_COOKIE_NAME
        self.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": self.address}])
        self.page.goto(first_page)

    def log_in(self, username: str, next_page: str = "/") -> None:
        """Through the login form."""
        self.page.goto(f"/login?next={next_page}")
        self.page.fill("#id_username", username)
        self.page.fill("#id_password", PASSWORD)
        self.page.click("main form button.primary")
        self.page.wait_for_url(lambda url: "/login" not in url)

    def press(self, text: str, where: Any = None) -> None:
        """Press the button or link of this name."""
        name = re.compile(rf"^\s*{re.escape(self.says(text))}(\s|$)")
        area = where or self.page.locator("main")
        area.get_by_role("button", name=name).or_(area.get_by_role("link", name=name)).first.click()

    def mark(self) -> None:
        """Remember this page, so that `still_here` can tell that it was not loaded again."""
        self.page.evaluate("window.marked = true")

    def still_here(self) -> bool:
        return bool(self.page.evaluate("window.marked === true"))

    def is_live(self) -> None:
        self.page.wait_for_selector("[data-fresh][data-state=live]")

    def close(self) -> None:
        self.context.close()
        assert not self.problems, self.problems


def at_night(page: Any) -> None:
    """The same page in dark colours, drawn anew: while colours change some elements still have the old ones."""
    page.emulate_media(color_scheme="dark")
    page.reload()


def barriers(page: Any, *rules: str) -> list[str]:
    """What axe finds on a page that keeps people out: rule, and the element where it was found. No rules: all."""
    from axe_playwright_python.sync_playwright import Axe

    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{v['id']}: {node['html'][:160]}" for v in found if v["impact"] in SERIOUS for node in v["nodes"][:3]]
