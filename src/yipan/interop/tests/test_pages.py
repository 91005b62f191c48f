"""The message pages, as an integrator and others see them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import translation

from yipan.base.access.models import Grant
from yipan.base.audit.models import Entry
from yipan.interop import queries
from yipan.interop.inbound import apply_pending, receive
from yipan.interop.models import InboundMessage, LocationAlias, Source
from yipan.interop.tests.his import PEER, His
from yipan.spine.testing import SmallNetwork, small_network


def client_of(network: SmallNetwork, *roles: str) -> Client:
    """A browser in which somebody with these roles is signed in, in English."""
    user = User.objects.create_user(f"u{User.objects.count()}")
    for role in roles:
        Grant.objects.create(user=user, role=role, organisation=network.organisation)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def browser(his: His) -> Client:
    return client_of(his.network, "integrator")


def text_of(client: Client, name: str, *args: object, **query: str) -> str:
    response = client.get(reverse(f"interop:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def test_queue_shows_and_filters(his: His, browser: Client):
    """Every message stands there with what became of it; a filter leaves only what fits."""
    assert "No message yet" in text_of(browser, "messages")
    his.say("A01", bed=his.network.beds["neurology"][0])
    his.say("A03", "P2")
    page = text_of(browser, "messages")
    assert "Patient recorded in the bed" in page
    assert "No message has made this patient known yet." in page
    for query, shown in (
        ({"state": "waiting"}, ["ADT^A03"]),
        ({"kind": "ADT^A01"}, ["ADT^A01"]),
        ({"reason": "patient_not_known"}, ["ADT^A03"]),
        ({"sender": str(his.source.pk)}, ["ADT^A03", "ADT^A01"]),
        ({"day": "2026-03-02"}, ["ADT^A03", "ADT^A01"]),
        ({"day": "2026-03-01"}, []),
    ):
        page = text_of(browser, "messages", **query)
        rows = page.partition("<tbody")[2]
        assert [k for k in ("ADT^A03", "ADT^A01") if k in rows] == shown, query
    found = browser.post(reverse("interop:messages"), {"q": "P2"}).content.decode().partition("<tbody")[2]
    assert ("ADT^A03" in found, "ADT^A01" in found) == (True, False)
    assert browser.get(reverse("interop:messages"), {"day": "yesterday", "sender": "x"}).status_code == 400


def test_queue_pages(his: His, browser: Client, monkeypatch: pytest.MonkeyPatch):
    """A long queue is read in stretches, forwards and back, without leaving anything out."""
    monkeypatch.setattr(queries, "PER_PAGE", 2)
    for n in range(5):
        his.tell("A28", f"P{n}")
    everything = [m.pk for m in InboundMessage.objects.order_by("-id")]
    seen: list[int] = []
    actor, before = his.integrator, None
    while True:
        page = queries.page(actor, queries.Filter(), before=before)
        seen += [m.pk for m in page.messages]
        if page.older is None:
            break
        before = page.older
    assert seen == everything
    back = queries.page(actor, queries.Filter(), after=seen[-1])
    assert [m.pk for m in back.messages] == everything[2:4]
    assert (back.newer, back.older) == (everything[2], everything[3])


def test_patient_is_hidden_from_integrators(his: His, browser: Client):
    """Who may not see patients sees routing, places and times and a masked name; either look leaves a trace."""
    message = his.say("A01", bed=his.network.beds["neurology"][0], PID_13="13812345678", DG1_3="I63.9^脑梗死")
    secrets = ("李建国", "13812345678", "P1^^^HIS", "V-P1", "脑梗死", "19600501")
    page = text_of(browser, "message", message.pk)
    assert not [secret for secret in secrets if secret in page]
    assert "李*国" not in page
    assert his.network.beds["neurology"][0].code in page
    assert Entry.objects.get(action="message.read").data == {"masked": True}
    both = client_of(his.network, "integrator", "coordinator")
    page = text_of(both, "message", message.pk)
    assert not [secret for secret in secrets if secret not in page]
    whole = Entry.objects.filter(action="message.read").latest("id")
    assert (whole.patient_id, whole.data) == (his.patient_id(), {})


def test_unreadable_bytes(his: His, browser: Client):
    """Bytes that are no message are shown only to people who may see patients."""
    receive("MSH|^~\\&|HIS|H|||1||ADT^A01|C9|P|2.5\r李建国\r".encode(), PEER)
    pk = his.latest().pk
    assert "李建国" not in text_of(browser, "message", pk)
    assert "李建国" in text_of(client_of(his.network, "integrator", "doctor"), "message", pk)


def test_try_again_and_ignore(his: His, browser: Client):
    """The buttons do what they say; without a reason nothing is ignored."""
    message = his.say("A03")
    page = text_of(browser, "message", message.pk)
    assert "Try again" in page
    answer = browser.post(reverse("interop:replay", args=[message.pk]), follow=True)
    assert "Still waiting: No message has made this patient known yet." in answer.content.decode()
    answer = browser.post(reverse("interop:ignore", args=[message.pk]), {"reason": " "})
    assert (answer.status_code, his.latest().state) == (422, "waiting")
    answer = browser.post(reverse("interop:ignore", args=[message.pk]), {"reason": "test patient"}, follow=True)
    assert "test patient" in answer.content.decode()
    assert his.latest().state == "ignored"
    his.say("A28")
    assert browser.post(reverse("interop:replay", args=[his.latest().pk])).status_code == 409


def test_neighbours(his: His, browser: Client):
    """From one message to the next about the same person."""
    first, _, third = (his.say("A28", who) for who in ("P1", "P2", "P1"))
    assert queries.neighbours(his.integrator, first) == (None, third.pk)
    assert reverse("interop:message", args=[third.pk]) in text_of(browser, "message", first.pk)


def test_unknown_location_is_named(his: His, browser: Client):
    """The sender's page lists what nobody knows; naming the bed lets all that waits for it go on."""
    messages = [his.say("A01", who, PV1_3=f"8F^801^{n}") for n, who in enumerate(("P1", "P2"), start=1)]
    page = text_of(browser, "sender", his.source.pk)
    assert "8F^801^1" in page
    assert f'<option value="{his.network.beds["neurology"][0].code}">' in page
    address = reverse("interop:name_location", args=[his.source.pk])
    bed = his.network.beds["neurology"][0]
    wrong = browser.post(address, {"location": "8F^801^1", "bed": "no such bed"})
    assert wrong.status_code == 422
    assert "There is no bed with the code no such bed" in wrong.content.decode()
    done = browser.post(address, {"location": "8F^801^1", "bed": bed.code}, follow=True)
    assert "Messages that are tried again: 1." in done.content.decode()
    apply_pending()
    states = [InboundMessage.objects.get(pk=m.pk).state for m in messages]
    assert states == ["applied", "waiting"]
    alias = LocationAlias.objects.get()
    browser.post(reverse("interop:forget_location", args=[his.source.pk, alias.pk]))
    assert not LocationAlias.objects.exists()


def test_beds_of_others_cannot_be_named(his: His, browser: Client):
    """A location is never given a bed of another organisation."""
    other = small_network().beds["neurology"][0]
    address = reverse("interop:name_location", args=[his.source.pk])
    assert browser.post(address, {"location": "X^1^1", "bed": other.code}).status_code == 422
    assert not LocationAlias.objects.exists()


def form(his: His, **changes: str) -> dict[str, str]:
    given = {
        "organisation": str(his.network.organisation.pk),
        "charset": "gb18030",
        "time_zone": "Asia/Urumqi",
        "location_mode": "code",
        "enabled": "1",
        "assigners": "医保 = insurance",
        "services": f"NEU = {his.network.departments['neurology'].code}",
    }
    return given | changes


def test_sender_is_described(his: His, browser: Client):
    """The form saves the mapping and lets waiting messages go on; a wrong line changes nothing and keeps the input."""
    Source.objects.update(organisation=None)
    message = his.say("A28")
    address = reverse("interop:sender", args=[his.source.pk])
    for changes, words in (
        ({"time_zone": "Beijing"}, "There is no time zone “Beijing”."),
        ({"assigners": "医保"}, "Line 1 cannot be read."),
        ({"services": "NEU = nowhere"}, "There is no department with the code nowhere."),
    ):
        answer = browser.post(address, form(his, **changes))
        assert (answer.status_code, words in answer.content.decode()) == (422, True)
        assert next(iter(changes.values())) in answer.content.decode()
        assert Source.objects.get().organisation is None
    answer = browser.post(address, form(his), follow=True)
    assert "Messages that are tried again: 1." in answer.content.decode()
    source = Source.objects.get()
    assert (source.organisation, source.charset, source.time_zone) == (
        his.network.organisation,
        "gb18030",
        "Asia/Urumqi",
    )
    assert source.assigners == {"医保": "insurance"}
    assert Entry.objects.get(action="source.edit").data["changed"]["charset"] == ["", "gb18030"]
    apply_pending()
    message.refresh_from_db()
    assert message.state == "applied"
    browser.post(address, form(his, enabled=""))
    assert "Paused" in text_of(browser, "senders")


def test_strangers(his: His):
    """Another hospital's integrator does not know that the messages exist; other roles may not look."""
    message = his.say("A03")
    stranger = client_of(small_network(), "integrator")
    assert "No message yet" in text_of(stranger, "messages")
    for name, key in (("message", message.pk), ("sender", his.source.pk)):
        assert stranger.get(reverse(f"interop:{name}", args=[key])).status_code == 404
    assert stranger.post(reverse("interop:replay", args=[message.pk])).status_code == 404
    assert stranger.post(reverse("interop:sender", args=[his.source.pk]), form(his)).status_code == 404
    nurse = client_of(his.network, "ward_nurse")
    for name in ("messages", "senders"):
        assert nurse.get(reverse(f"interop:{name}")).status_code == 403
    assert his.latest().state == "waiting"


def test_sender_cannot_be_given_away(his: His, browser: Client):
    """An integrator gives a sender to organisations of their own only."""
    other = small_network()
    answer = browser.post(
        reverse("interop:sender", args=[his.source.pk]), form(his, organisation=str(other.organisation.pk))
    )
    assert answer.status_code == 403
    assert Source.objects.get().organisation == his.network.organisation


def test_pages_in_chinese(his: His, browser: Client):
    """The pages speak Chinese."""
    his.say("A03")
    browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-hans"
    with translation.override("zh-hans"):
        for name in ("messages", "senders"):
            response = browser.get(reverse(f"interop:{name}"), headers={"accept-language": "zh-hans"})
            assert 'lang="zh-Hans"' in response.content.decode()
    assert "消息" in response.content.decode()
