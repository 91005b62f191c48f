"""Everything that can be asked: each address, with the fields that its forms have and its view looks up."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from hypothesis import strategies as st

from tests.fuzz import odd
from tests.fuzz.addresses import Address, every_address
from tests.fuzz.answers import Asked
from tests.fuzz.sending import encoded
from tests.fuzz.undoing import undone
from tests.fuzz.walking import Walk, noting, walk
from tests.fuzz.world import EVERYBODY, LANGUAGES, World

OURS = "csrfmiddlewaretoken"
METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE")
TYPES = (
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=gb18030",
    "application/x-www-form-urlencoded; charset=none-such",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "application/json",
    "text/plain; charset=utf-16",
    "",
    "a/b; ;;=\xff",
)


@dataclass(frozen=True)
class Target:
    """One address and method, with an example `path`, the form's usual values, and all `names` that may matter."""

    address: Address
    method: str
    path: str
    usual: dict[str, str]
    names: tuple[str, ...]

    @property
    def seed(self) -> int:
        """Another sequence of examples for each address, the same in each run."""
        return crc32(f"{self.method} {self.address.route}".encode())

    def __str__(self) -> str:
        return f"{self.method} /{self.address.route}"


def find(world: World) -> list[Target]:
    """Walk through the product as somebody who may do everything, and note what each view asks for."""
    browser = world.browser(EVERYBODY)
    browser.raise_request_exception = False
    found: Walk = walk(browser)
    signed_in = deepcopy(browser.cookies)
    targets = []
    for address in every_address():
        form = found.forms.get(address.route)
        led = [form.action] if form else found.seen.get(address.route, [])
        path = (led or [address.path])[0].partition("?")[0]
        for method in ("GET", "POST"):
            asked: set[str] = set()
            browser.cookies = deepcopy(signed_in)
            with undone(), noting(asked):
                answer = browser.generic(method, path, content_type=TYPES[0])
            if answer.status_code == 405:
                continue
            usual = {k: v for k, v in form.usual.items() if k != OURS} if form and method == "POST" else {}
            files = form.files if form else set()
            names = (set(usual) | asked | found.filters.get(address.route, set()) | files) - {OURS}
            targets.append(Target(address, method, path, usual, tuple(sorted(names)) or ("q",)))
    return targets


@st.composite
def requests(draw: Any, target: Target, world: World) -> tuple[str, Asked]:
    """(role, request): the usual form with something wrong in it, now and then with a strange way to send it."""
    role = draw(st.sampled_from((EVERYBODY, EVERYBODY, *world.roles)))
    pairs: list[tuple[str | bytes, str | bytes]] = list(target.usual.items())
    for name in draw(st.lists(st.sampled_from(target.names), min_size=1, max_size=3)):
        pairs = _spoilt(draw, pairs, name)
    path = _led_elsewhere(draw, target, world) if target.address.parts and draw(st.integers(0, 3)) == 0 else target.path
    strange = draw(st.integers(0, 5)) == 0
    method = draw(st.sampled_from(METHODS)) if strange else target.method
    kind = draw(st.sampled_from(TYPES)) if strange else TYPES[0]
    headers = {"Accept-Language": draw(st.sampled_from(LANGUAGES))}
    if draw(st.integers(0, 3)) == 0:
        headers |= draw(st.sampled_from(odd.HEADERS))
    sent = encoded(pairs)
    if target.method == "GET":
        return role, Asked(method, f"{path}?{sent.decode()}", b"", kind, headers)
    return role, Asked(method, path, sent, kind, headers)


def _spoilt(draw: Any, pairs: list[Any], name: str) -> list[Any]:
    """A field set to something odd, left out, or sent twice."""
    how = draw(st.sampled_from(("odd", "odd", "odd", "missing", "twice", "unknown")))
    others = [pair for pair in pairs if pair[0] != name]
    match how:
        case "odd":
            return [*others, (name, draw(odd.value))]
        case "missing":
            return others
        case "twice":
            return [*pairs, (name, draw(odd.value)), (name, draw(odd.value))]
        case _:
            return [*pairs, (draw(odd.value), draw(odd.value))]


def _led_elsewhere(draw: Any, target: Target, world: World) -> str:
    """The address with identifiers of nobody, or of something else."""
    values = {
        name: draw(st.sampled_from(world.identifiers.get(kind) or ["odd", "%00", "%FF", "..%2f..", "x" * 3000]))
        for name, kind in target.address.parts
    }
    return target.address.filled(**values)
