"""The browser as a wall: nothing that the content security policy forbids, passkeys, and a ward computer that locks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.hospital import PASSWORD, Hospital
from tests.journeys.people import Person
from tests.journeys.test_accessibility import pages_of
from yipan.base.audit.models import Entry

pytestmark = pytest.mark.browser

LISTEN = """window.broken = []; document.addEventListener("securitypolicyviolation",
  (event) => window.broken.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`));"""
EXTRA = {"zhou": ["/search?q=wang", "/password", "/second-factors", "/login"], "root": ["/users/new", "/audit"]}
TRY = """() => new Promise((done) => {
  const inline = document.createElement("script");
  inline.textContent = "window.injected = true";
  document.body.append(inline);
  const button = document.createElement("button");
  button.setAttribute("onclick", "window.injected = true");
  document.body.append(button);
  button.click();
  setTimeout(() => {
    let evaluated = false;
    try { evaluated = (0, eval)("true"); } catch { /* as it should be */ }
    done([Boolean(window.injected), evaluated]);
  }, 0);
})"""


def test_no_page_breaks_the_policy(hospital: Hospital, person: Callable[..., Person]) -> None:
    """Every main page works without inline script, inline style attribute or eval; charts are drawn."""
    broken: dict[str, list[str]] = {}
    for username, paths in pages_of(hospital).items():
        visitor = person("en")
        visitor.page.add_init_script(LISTEN)
        for path in [*paths, *EXTRA.get(username, [])]:
            visitor.come_as(username, path)
            if (charts := visitor.page.locator("[data-chart]")).count():
                charts.first.scroll_into_view_if_needed()
                visitor.page.wait_for_selector("[data-chart] .bk-Figure, [data-chart] [class*=bk]")
            broken[path] = visitor.page.evaluate("window.broken")
    assert {path: found for path, found in broken.items() if found} == {}


def test_what_an_attacker_writes_into_a_page_does_not_run(hospital: Hospital, person: Callable[..., Person]) -> None:
    """An inline script, an event attribute and eval are dead, also on a page whose charts may write styles."""
    for path in ("/beds", "/figures"):
        visitor = person("en")
        visitor.come_as("zhou", path)
        assert visitor.page.evaluate(TRY) == [False, False], path
        assert visitor.problems
        visitor.problems.clear()


def test_passkey_from_enrolling_to_logging_in(hospital: Hospital, person: Callable[..., Person]) -> None:
    """A person adds a passkey, is asked for it after the password, and logs in with it alone."""
    visitor = person("en")
    page = visitor.page
    here = visitor.address.replace("127.0.0.1", "localhost")  # a passkey belongs to a name, never to a number
    authenticator(visitor)
    log_in(page, here, "/second-factors/key")
    page.fill("#f-password", PASSWORD)
    page.click("main form button.primary")
    page.check("#f-passwordless")
    page.click("[data-passkey] button.primary")
    page.wait_for_url("**/second-factors/codes")
    assert page.locator(".codes li").count() == 10
    page.goto(f"{here}/second-factors")
    assert page.get_by_role("row").count() == 2
    hand_over(page)
    log_in(page, here, "/password", until="/login/second")
    page.click("[data-passkey] button")
    page.wait_for_url("**/password")
    hand_over(page)
    page.click("[data-passkey] button")
    page.wait_for_url("**/password")
    ways = [entry.data["by"] for entry in Entry.objects.filter(action="login").order_by("id")]
    assert ways == [["password"], ["webauthn"], ["webauthn"]]


def test_ward_computer_locks_itself_and_the_next_nurse_goes_on(
    hospital: Hospital, person: Callable[..., Person]
) -> None:
    """When nobody touches a shared computer for its time, the page leaves by itself; the next person goes on there."""
    visitor = person("en")
    page = visitor.page
    page.clock.install()
    page.goto("/login?next=/beds")
    page.fill("#id_username", "liu")
    page.fill("#id_password", PASSWORD)
    page.check("#f-shared")
    page.click("main form button.primary")
    page.wait_for_url("**/beds")
    page.clock.run_for(14 * 60_000)
    page.mouse.move(40, 40)
    page.mouse.move(80, 80)
    page.clock.run_for(14 * 60_000)
    assert page.url.endswith("/beds")
    page.clock.run_for(70_000)
    page.wait_for_url("**/login?next=%2Fbeds&ended=idle")
    assert page.get_by_role("link", name="liu").count() == 1
    page.goto(f"{page.url}&user=liu")
    page.fill("#id_password", PASSWORD)
    page.click("main form button.primary")
    page.wait_for_url("**/beds")


def authenticator(visitor: Person) -> None:
    """A virtual key in the browser that always says yes."""
    tools = visitor.context.new_cdp_session(visitor.page)
    tools.send("WebAuthn.enable")
    options: dict[str, Any] = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def log_in(page: Any, address: str, next_page: str, *, until: str = "") -> None:
    page.goto(f"{address}/login?next={next_page}")
    page.fill("#id_username", "zhou")
    page.fill("#id_password", PASSWORD)
    page.click("main form button.primary")
    page.wait_for_url(f"**{until or '/login/confirm**'}")


def hand_over(page: Any) -> None:
    page.click("button.user")
    page.click("#account [data-hand-over] button")
    page.wait_for_url("**/login?next=**")
