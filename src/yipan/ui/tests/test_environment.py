"""The template environment: escaping, translation, helpers."""

from collections.abc import Callable

import pytest
from django.test import RequestFactory
from django.urls import NoReverseMatch

from yipan.ui import environment

Render = Callable[..., str]


def test_values_are_escaped(render: Render) -> None:
    """A patient's name is never markup, also inside a translated sentence."""
    assert render("{{ name }}", name="<b>") == "&lt;b&gt;"
    assert "<b>" not in render('{{ _("Nothing found for “%(text)s”", text=name) }}', name="<b>")


@pytest.mark.usefixtures("chinese")
def test_chinese_is_used(render: Render) -> None:
    """The catalogue of the product reaches the templates."""
    assert render('{{ _("Free") }}') == "空床"


def test_json_in_a_page_cannot_end_its_script() -> None:
    """No data can close the script element that holds it, and it is still the same JSON."""
    import json

    text = environment.json_script_text(json.dumps("</script><!--&"))
    assert "<" not in text
    assert json.loads(str(text)) == "</script><!--&"


def test_query_changes_one_key() -> None:
    """Sorting keeps the filters; None removes a key."""
    request = RequestFactory().get("/", {"site": "本部", "page": "3"})
    assert environment.query(request, page=None, sort="-free") == "?site=%E6%9C%AC%E9%83%A8&sort=-free"


def test_an_unknown_page_name_is_an_error() -> None:
    """A link to a page that does not exist fails in tests instead of on the ward."""
    with pytest.raises(NoReverseMatch):
        environment.url("no_such_page")
    assert environment.url_or("no_such_page", "/") == "/"


def test_only_known_themes() -> None:
    """A forged cookie cannot write into the page."""
    request = RequestFactory().get("/")
    request.COOKIES["yipan_theme"] = '"><script>'
    assert environment.theme(request) == "auto"


def test_only_our_own_referers_are_linked() -> None:
    """The way back from an error never leads to another site."""
    ours = RequestFactory().get("/", headers={"referer": "http://testserver/beds"})
    theirs = RequestFactory().get("/", headers={"referer": "https://example.org/"})
    assert (environment.same_site(ours), environment.same_site(theirs)) == (True, False)
