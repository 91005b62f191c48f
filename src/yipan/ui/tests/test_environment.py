"""The template environment: escaping, translation, helpers."""

import re
from collections.abc import Callable

import jinja2
import pytest
from django.template import engines
from django.test import RequestFactory
from django.urls import NoReverseMatch
from lucide import IconDoesNotExist

from yipan.ui import environment, svg

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


def all_templates() -> list[str]:
    """Names of every template of the product."""
    return jinja().list_templates(extensions=["html"])


def jinja() -> jinja2.Environment:
    return next(engine.env for engine in engines.all() if hasattr(engine, "env"))  # type: ignore[no-any-return, attr-defined]


@pytest.mark.parametrize("name", all_templates())
def test_every_template_compiles(name: str) -> None:
    """A slip of syntax or a filter that does not exist is found without opening the page."""
    jinja().get_template(name)


def test_every_icon_exists() -> None:
    """Each icon named in a template is in lucide's set."""
    missing = []
    for name in all_templates():
        source, _, _ = jinja().loader.get_source(jinja(), name)  # type: ignore[union-attr]
        for wanted in re.findall(r"""(?:icon\(|symbol=)["']([a-z0-9-]+)["']""", source):
            try:
                svg.icon(wanted)
            except IconDoesNotExist:
                missing.append(f"{name}: {wanted}")
    assert not missing
