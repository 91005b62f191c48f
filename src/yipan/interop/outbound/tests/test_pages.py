"""The pages of receivers and of what is sent, as an integrator sees them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from yipan.interop.models import OutboundMessage, Receiver
from yipan.interop.tests.test_pages import client_of
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.spine.testing import SmallNetwork, small_network

FORM = {"name": "检验系统", "host": "10.0.0.5", "port": "2575", "kinds": "ORU^R01", "version": "2.5.1", "enabled": "1"}


@pytest.fixture
def network(time: FrozenClock) -> SmallNetwork:
    return small_network(wards={"neurology": 1})


@pytest.fixture
def browser(network: SmallNetwork) -> Client:
    return client_of(network, "integrator")


def form(network: SmallNetwork, **more: str) -> dict[str, str]:
    return {**FORM, "organisation": str(network.organisation.pk), "charset": "UNICODE UTF-8", **more}


def test_a_receiver_is_added_and_changed(network: SmallNetwork, browser: Client) -> None:
    """The form makes a receiver, shows it again with what was given, and changes it."""
    assert "No receiver yet" in browser.get(reverse("interop:receivers")).content.decode()
    made = browser.post(reverse("interop:receiver_new"), form(network))
    (row,) = Receiver.objects.all()
    address = reverse("interop:receiver", args=[row.pk])
    assert made["Location"] == address
    assert 'value="10.0.0.5"' in browser.get(address).content.decode()
    browser.post(address, form(network, port="2576", tls="1"))
    row.refresh_from_db()
    assert (row.port, row.tls, row.kinds, row.enabled) == (2576, True, ["ORU^R01"], True)


@pytest.mark.parametrize(("field", "value"), [("port", "0"), ("name", " "), ("version", "9"), ("kinds", "ADT^A01")])
def test_a_wrong_field_is_named(network: SmallNetwork, browser: Client, field: str, value: str) -> None:
    """A form that cannot be taken comes back with the sentence at the field, and nothing is stored."""
    answer = browser.post(reverse("interop:receiver_new"), form(network, **{field: value}))
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.content.decode()
    assert Receiver.objects.count() == 0


def test_what_was_refused_is_seen_and_sent_again(network: SmallNetwork, browser: Client) -> None:
    """The queue filters by state, the message says what was answered, and a click sends it again; names are hidden."""
    receiver = Receiver.objects.create(name="检验", organisation=network.organisation, host="h", port=1)
    told = {"kind": "ORU^R01", "created_at": clock.now(), "raw": "MSH|^~\\&|YIPAN\rPID|1||1||王小明\r".encode()}
    OutboundMessage.objects.create(receiver=receiver, control_id="OK", state="acknowledged", answer="AA", **told)
    row = OutboundMessage.objects.create(
        receiver=receiver, control_id="NO", state="refused", answer="AR", answer_text="Unknown patient", **told
    )
    page = browser.get(reverse("interop:sent"), {"state": "refused"}).content.decode()
    assert "AR · Unknown patient" in page
    assert page.count("data-item") == 1
    address = reverse("interop:sent_message", args=[row.pk])
    page = browser.get(address).content.decode()
    assert "王小明" not in page
    assert "Send again" in page
    browser.post(reverse("interop:send_again", args=[row.pk]))
    row.refresh_from_db()
    assert (row.state, row.answer) == ("waiting", "")
    assert browser.post(reverse("interop:drop", args=[row.pk]), {"reason": ""}).status_code == 422
    browser.post(reverse("interop:drop", args=[row.pk]), {"reason": "told by phone"})
    row.refresh_from_db()
    assert row.state == "dropped"
