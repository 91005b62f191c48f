"""Toasts beside other wishes of a response."""

import json

from django.http import HttpResponse

from yipan.ui import flash


def test_a_toast_keeps_other_triggers() -> None:
    """A response that already triggers something keeps it."""
    response = HttpResponse(headers={"HX-Trigger": '{"reload": true}'})
    told = json.loads(flash.toast(response, "床位已预留", "warn").headers["HX-Trigger"])
    assert told == {"reload": True, "yipan:toast": {"text": "床位已预留", "tone": "warn"}}


def test_the_header_is_ascii() -> None:
    """Chinese words travel escaped: HTTP headers are not UTF-8."""
    assert flash.toast(HttpResponse(), "床位").headers["HX-Trigger"].isascii()
