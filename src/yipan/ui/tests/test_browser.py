"""The scripts in a real browser: live updates, keyboard, accessibility. No server: the browser's requests are answered
here, so that every message and every failure comes exactly when the test wants it."""

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import RequestFactory

from yipan.ui import pages

playwright = pytest.importorskip("playwright.sync_api")

CHROMIUM = os.environ.get("YIPAN_CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
HERE = "http://yipan.test"
STATIC = Path(__file__).resolve().parents[1] / "static"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="needs Chromium (Debian package chromium)"),
]

FRAME = """<!doctype html><html lang="en" data-theme="auto" data-now="2026-11-23T04:00:00Z"><head><title>t</title>
<link rel="stylesheet" href="/static/ui/css/tokens.css"><link rel="stylesheet" href="/static/ui/css/data.css">
<script type="module" src="/static/ui/js/main.js"></script></head><body data-live-stream="/live?since=7">
<div data-fresh data-state="static"><span data-fresh-words></span><time data-clock></time></div>%s
<dialog id="help"><table><tbody data-keys></tbody></table><input type="checkbox" data-keys-on></dialog>
<script type="application/json" id="words">{"live":"Live","stale":"Silent {seconds} s","offline":"Offline"}</script>
</body></html>"""


def cell(name: str, text: str) -> str:
    return (
        f'<a class="bed" id="cell-{name}" href="#{name}" data-live="capacity:{name}" data-live-batch="/cells" '
        f'data-live-id="{name}"><b>{name}</b><span class="what">{text}</span></a>'
    )


class Stage:
    """A page whose every request is answered by this object."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.asked: list[str] = []
        self.answers: dict[str, Callable[[Any], tuple[int, str]]] = {}
        self.html = ""
        page.route(f"{HERE}/**", self._answer)
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))

    def _answer(self, route: Any) -> None:
        path = route.request.url.removeprefix(HERE)
        self.asked.append(path)
        name = path.partition("?")[0]
        if name.startswith("/static/"):
            found = finders.find(re.sub(r"^/static/(v-\w+/)?", "", name))
            route.fulfill(body=Path(found).read_bytes(), content_type=TYPES[Path(name).suffix])
        elif name in self.answers:
            status, body = self.answers[name](route.request)
            kind = "text/event-stream" if name == "/live" else "text/html; charset=utf-8"
            route.fulfill(status=status, body=body, content_type=kind)
        elif name == "/":
            headers = {"content-security-policy": POLICY, "content-type": "text/html; charset=utf-8"}
            route.fulfill(body=self.html, headers=headers)
        else:
            route.fulfill(status=404, body="")

    def open(self, body: str, *messages: tuple[str, dict[str, Any]]) -> None:
        """Show `body`; the first live connection says `messages` and then breaks, the next ones only stay open."""
        said = "".join(f"event: {kind}\ndata: {json.dumps(data)}\nid: 9\n\n" for kind, data in messages)
        told = iter([f"retry: 600000\n\n{said}"])
        self.answers["/live"] = lambda request: (200, next(told, "retry: 600000\n\n"))
        self.html = FRAME % body
        self.page.goto(f"{HERE}/")

    def asked_for(self, start: str) -> list[str]:
        return [path for path in self.asked if path.startswith(start)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    # Playwright's event loop lives in this thread; the one page that reads the database here is not in danger.
    with pytest.MonkeyPatch.context() as patch, playwright.sync_playwright() as p:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        chromium = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()
        # Beside the loop the thread has a connection of its own, which tests in between may end as somebody's else.
        connection.close()


@pytest.fixture
def stage(browser: Any) -> Iterator[Stage]:
    page = browser.new_page()
    page.set_default_timeout(8000)
    shown = Stage(page)
    yield shown
    page.close()
    assert not shown.problems


def event(kind: str, **concerned: str) -> tuple[str, dict[str, Any]]:
    return "message", {"kind": kind, **concerned}


def test_changed_cells_come_in_one_request(stage: Stage) -> None:
    """Several messages lead to one request for the cells concerned; other cells are not asked for."""
    stage.answers["/cells"] = lambda request: (200, cell("a", "new") + cell("b", "new"))
    beds = "".join(cell(n, "old") for n in "abc")
    messages = [event("beds.held", capacity=n) for n in ("a", "b", "a", "zzz")]
    stage.open(f'<div class="beds">{beds}</div>', *messages)
    stage.page.wait_for_selector("#cell-b:has-text('new')")
    assert stage.page.inner_text("#cell-c .what") == "old"
    assert stage.asked_for("/cells") == ["/cells?ids=a,b"]


def test_the_stream_goes_on_from_where_the_page_was_made(stage: Stage) -> None:
    """The first connection carries the page's mark, so nothing that happened in between is lost."""
    stage.open("")
    stage.page.wait_for_selector("[data-fresh][data-state=live]")
    assert stage.asked_for("/live") == ["/live?since=7"]


def test_focus_stays_where_it_was(stage: Stage) -> None:
    """A replaced cell that had the focus has it again."""
    stage.answers["/cells"] = lambda request: (200, cell("a", "new"))
    told: list[str] = []
    stage.answers["/live"] = lambda request: (200, "retry: 600000\n\n")
    stage.html = FRAME % f'<div class="beds" data-roving>{cell("a", "old")}</div>'
    stage.page.goto(f"{HERE}/")
    stage.page.focus("#cell-a")
    stage.page.evaluate(
        "Object.assign(document.querySelector('#cell-a').dataset, {live: 'any:beds. capacity:a'});"
        "dispatchEvent(new Event('pagehide'))"
    )
    stage.answers["/live"] = lambda request: (
        200,
        'data: {"kind": "beds.held", "capacity": "a"}\n\n' if not told else "",
    )
    stage.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    stage.page.wait_for_selector("#cell-a:has-text('new')")
    assert stage.page.evaluate("document.activeElement.id") == "cell-a"


def test_nothing_is_taken_from_under_the_hands(stage: Stage) -> None:
    """A fragment in which somebody types waits until the field is left; then it is brought up to date."""
    panel = '<section id="p" data-live="ward:w" data-live-src="/frag"><h2>%s</h2><input id="f" autofocus></section>'
    stage.answers["/frag"] = lambda request: (200, panel % "new")
    stage.open(panel % "old", event("beds.held", ward="w"))
    stage.page.wait_for_selector("[data-fresh][data-state=live]")
    stage.page.keyboard.type("half a name")
    stage.page.wait_for_timeout(600)
    assert stage.page.inner_text("#p h2") == "old"
    assert stage.page.input_value("#f") == "half a name"
    stage.page.evaluate("document.activeElement.blur()")
    stage.page.wait_for_selector("#p h2:has-text('new')")


def test_what_is_opened_while_the_answer_is_under_way_stays_open(stage: Stage) -> None:
    """A pop-up that is opened between the question and its answer is not closed by the answer."""
    panel = (
        '<section id="p" data-live="ward:w" data-live-src="/frag"><h2>%s</h2>'
        "<details data-popup><summary>Announce</summary><p>When?</p></details></section>"
    )
    stage.answers["/frag"] = lambda request: (200, panel % "new")
    stage.page.add_init_script("""
      const fetchIt = window.fetch;
      window.fetch = async (...what) => {
        const answer = await fetchIt(...what);
        if (!document.documentElement.dataset.swapped) document.querySelector("details").open = true;
        return answer;
      };
      document.addEventListener("yipan:swapped", () => { document.documentElement.dataset.swapped = "yes"; });
    """)
    stage.open(panel % "old", event("beds.held", ward="w"))
    stage.page.wait_for_selector("html[data-swapped]")
    assert stage.page.inner_text("#p h2") == "old"
    assert stage.page.evaluate("document.querySelector('details').open")
    stage.page.click("summary")
    stage.page.wait_for_selector("#p h2:has-text('new')")


def ward(*rows: str) -> str:
    return f'<div id="p" data-live="ward:w" data-live-src="/frag"><h2>W</h2><ul>{"".join(rows)}</ul></div>'


def bed(name: str, text: str, token: str = "t") -> str:
    return (
        f'<li id="{name}" data-part><b>{text}</b><form><input type="hidden" name="csrfmiddlewaretoken" value="{token}">'
        "</form><details data-popup><summary>Announce</summary><p>When?</p></details></li>"
    )


def test_only_the_parts_that_differ_are_replaced(stage: Stage) -> None:
    """Of a long element one row is replaced, one comes and one goes; the others are the same nodes as before."""
    stage.answers["/frag"] = lambda request: (200, ward(bed("a", "old", "u"), bed("d", "new"), bed("c", "new", "u")))
    stage.page.add_init_script(
        "document.addEventListener('DOMContentLoaded',"
        " () => document.querySelectorAll('li, h2').forEach((e) => { e.marked = true; }))"
    )
    stage.open(ward(bed("a", "old"), bed("b", "old"), bed("c", "old")), event("beds.held", ward="w"))
    stage.page.wait_for_selector("#c:has-text('new')")
    assert stage.page.evaluate("[...document.querySelectorAll('li')].map((e) => e.id)") == ["a", "d", "c"]
    assert stage.page.evaluate("[...document.querySelectorAll('h2, li')].map((e) => !!e.marked)") == [
        True,
        True,
        False,
        False,
    ]
    assert stage.page.evaluate("[...document.querySelectorAll('.changed')].map((e) => e.id)") == ["d", "c"]


def test_a_part_in_use_holds_back_itself_only(stage: Stage) -> None:
    """While a pop-up of one row is open the other rows follow; closed, that row follows too."""
    stage.answers["/frag"] = lambda request: (200, ward(bed("a", "new"), bed("b", "new")))
    rows = bed("a", "old").replace("<details", "<details open"), bed("b", "old")
    stage.open(ward(*rows), event("beds.held", ward="w"))
    stage.page.wait_for_selector("#b:has-text('new')")
    assert stage.page.inner_text("#a b") == "old"
    stage.page.click("#a summary")
    stage.page.wait_for_selector("#a b:has-text('new')")


def test_reset_fetches_everything(stage: Stage) -> None:
    """When the server cannot tell what was missed, every live element is fetched again."""
    stage.answers["/cells"] = lambda request: (200, cell("a", "new") + cell("b", "new"))
    stage.open(cell("a", "old") + cell("b", "old"), ("reset", {}))
    stage.page.wait_for_selector("#cell-b:has-text('new')")
    assert stage.asked_for("/cells") == ["/cells?ids=a,b"]


def test_a_failed_fetch_is_shown_and_tried_again(stage: Stage) -> None:
    """A cell that could not be fetched is marked, and mended when the server answers again."""
    answers = iter([(500, "")])
    stage.answers["/cells"] = lambda request: next(answers, (200, cell("a", "new")))
    stage.page.clock.install()
    stage.open(cell("a", "old"), event("beds.held", capacity="a"))
    stage.page.clock.run_for(400)
    stage.page.wait_for_selector("#cell-a[data-live-failed]")
    stage.page.clock.run_for(6000)
    stage.page.wait_for_selector("#cell-a:not([data-live-failed]):has-text('new')")


def test_silence_turns_the_light(stage: Stage) -> None:
    """After half a minute without a message the light says so in words, and it recovers by itself."""
    stage.page.clock.install()
    stage.answers["/live"] = lambda request: (200, "retry: 1\n\nevent: clock\ndata: {}\n\n")
    stage.html = FRAME % ""
    stage.page.goto(f"{HERE}/")
    stage.page.wait_for_selector("[data-fresh][data-state=live]")
    stage.answers["/live"] = lambda request: (503, "")
    stage.page.wait_for_timeout(200)
    stage.page.clock.run_for(45_000)
    assert stage.page.get_attribute("[data-fresh]", "data-state") in ("stale", "offline")
    assert stage.page.inner_text("[data-fresh-words]") != "Live"


def test_demo_time_runs_the_clocks(stage: Stage) -> None:
    """Waiting times follow the server's clock, not the workstation's."""
    since = '<time id="t" data-since="2026-11-23T03:00:00Z" data-target-minutes="20"></time>'
    stage.open(since, ("clock", {"now": "2026-11-23T05:00:00Z"}))
    stage.page.wait_for_selector("#t.late:has-text('02:00:0')")


def test_arrows_move_between_cells(stage: Stage) -> None:
    """A board is one tab stop; arrows, Home and End move in it."""
    stage.open(f'<div class="beds" data-roving>{"".join(cell(n, "x") for n in "abc")}</div>')
    stage.page.wait_for_selector("[tabindex='-1']")
    assert stage.page.evaluate("[...document.querySelectorAll('.bed')].map(e => e.tabIndex)") == [0, -1, -1]
    stage.page.focus("#cell-a")
    for key, at in (("ArrowRight", "cell-b"), ("End", "cell-c"), ("ArrowLeft", "cell-b"), ("Home", "cell-a")):
        stage.page.keyboard.press(key)
        assert stage.page.evaluate("document.activeElement.id") == at


def test_keys_walk_lists_and_press_buttons(stage: Stage) -> None:
    """j and k walk a list, Enter opens, a two-key shortcut presses its link; nothing happens while typing."""
    rows = "".join(f'<tr data-item><td><a id="r{n}" data-open href="#r{n}">row</a></td></tr>' for n in (1, 2))
    stage.open(
        f'<table><tbody data-list>{rows}</tbody></table><a id="b" data-key="g b" href="#beds">Beds</a><input id="f">'
    )
    stage.page.wait_for_selector("[data-fresh][data-state=live]")
    stage.page.keyboard.press("j")
    stage.page.keyboard.press("j")
    assert stage.page.evaluate("document.activeElement.id") == "r2"
    stage.page.keyboard.press("k")
    stage.page.keyboard.press("Enter")
    assert stage.page.evaluate("location.hash") == "#r1"
    stage.page.focus("#f")
    stage.page.keyboard.type("gb")
    assert stage.page.evaluate("location.hash") == "#r1"
    stage.page.evaluate("document.activeElement.blur()")
    stage.page.keyboard.type("gb")
    assert stage.page.evaluate("location.hash") == "#beds"


def test_single_keys_can_be_switched_off(stage: Stage) -> None:
    """WCAG 2.1.4: the help lists the keys and can switch single ones off."""
    stage.open('<a id="b" data-key="n" href="#new">New</a>')
    stage.page.wait_for_selector("[data-fresh][data-state=live]")
    stage.page.keyboard.press("?")
    assert "New" in stage.page.inner_text("#help")
    stage.page.uncheck("[data-keys-on]")
    stage.page.keyboard.press("Escape")
    stage.page.keyboard.press("n")
    assert stage.page.evaluate("location.hash") == ""


@pytest.mark.django_db
@pytest.mark.usefixtures("site", "english")
@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_every_component_is_accessible(browser: Any, monkeypatch: pytest.MonkeyPatch, scheme: str, width: int) -> None:
    """axe finds nothing on the style guide, by day and night, wide and narrow; nothing sticks out of a phone."""
    from axe_playwright_python.sync_playwright import Axe

    request: Any = RequestFactory().get("/")
    request.actor = SimpleNamespace(user_id=1, name="周敏", grants=(), paths=lambda verb: (), may=lambda verb: False)
    request.session = {}
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True, is_mobile=width < 500
    )
    shown = Stage(context.new_page())
    shown.html = pages.style_guide(request).content.decode()
    shown.page.goto(f"{HERE}/")
    found = [(v["id"], v["nodes"][0]["html"]) for v in Axe().run(shown.page).response["violations"]]
    overflow = shown.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    context.close()
    assert found == []
    assert overflow <= 0
    assert not shown.problems


def test_the_pages_policy_allows_what_they_load() -> None:
    """No template of the product has an inline script, handler or style: the strict policy can be switched on."""
    bad = []
    for path in Path(django_settings.PACKAGE).rglob("*.html"):
        text = path.read_text("utf-8")
        if re.search(r"<script(?![^>]*(src=|application/json))|\son[a-z]+=|\sstyle=", text):
            bad.append(str(path))
    assert not bad
