"""Requests that cannot be read are answered before any page sees them: too large, not a form, or with a NUL in it.

PostgreSQL stores every character but U+0000, so no page has to think of it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError

from yipan.kernel.errors import InvalidInput, NotFound
from yipan.ui.middleware import answer

LARGEST = 64_000_000
"""Bytes of a request's body; the largest upload is 60 MB (`network/import`)."""


class ReadableRequests:
    """Middleware around the page and its error pages. A form is read here once; views find it read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info:
            return answer(request, NotFound("page_not_found"))
        if _length(request) > LARGEST:
            return answer(request, InvalidInput("request_too_large", megabytes=LARGEST // 1_000_000), status=413)
        try:
            sent = [*request.GET.lists(), *request.POST.lists()]
            names = [("", [file.name or ""]) for files in request.FILES.lists() for file in files[1]]
        except RequestDataTooBig:
            return answer(request, InvalidInput("form_too_large"), status=413)
        except (SuspiciousOperation, BadRequest, MultiPartParserError, UnreadablePostError):
            return answer(request, InvalidInput("form_unreadable"), status=400)
        for name, values in (*sent, *names):
            if _holds_nul((name, *values)):
                return answer(request, InvalidInput("text_has_nul", field=name.replace("\x00", "")))
        return self.get_response(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django itself refuses, such as a name of the server that is not ours (`YIPAN_HOSTS`)."""
    return answer(request, InvalidInput("request_not_ours"), status=400)


def _length(request: HttpRequest) -> int:
    told = request.META.get("CONTENT_LENGTH") or "0"
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 20 else 0


def _holds_nul(texts: Iterable[str]) -> bool:
    return any("\x00" in text for text in texts)
