"""What the components promise to people who cannot see or point."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.core.paginator import Paginator
from django.test import RequestFactory

Render = Callable[..., str]
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("english")


class Name(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the card")
    old = forms.BooleanField(label="Old", required=False)


def test_help_and_error_are_tied_to_the_field(render: Render) -> None:
    """A screen reader hears help and error with the field, and that it is invalid."""
    html = render("{{ c.field(form['name']) }}", form=Name({"name": ""}))
    assert 'aria-describedby="id_name-help id_name-error"' in html
    assert 'id="id_name-error"' in html
    assert 'aria-invalid="true"' in html
    assert '<label for="id_name">' in html


def test_a_plain_input_says_the_same(render: Render) -> None:
    """A field without a Django form has the same ties, and the value is escaped."""
    html = render("{{ c.input('q', 'Q', value, errors=['No.']) }}", value='"><x')
    assert 'aria-describedby="f-q-error" aria-invalid="true"' in html
    assert "<x" not in html


def test_select_marks_the_chosen_option(render: Render) -> None:
    """Numbers and text compare as the form sends them; groups keep their options."""
    html = render("{{ c.select('s', 'S', [(1, 'one'), ('G', [(2, 'two')])], 2) }}")
    assert '<option value="2" selected>two' in html
    assert '<optgroup label="G">' in html


@pytest.mark.parametrize(("tier", "word"), [("own", "Own department"), ("nearest", "Nearest")])
def test_a_mark_has_word_shape_and_colour(render: Render, tier: str, word: str) -> None:
    """A tier is never told by colour alone."""
    html = render("{{ c.tier_chip(tier) }}", tier=tier)
    assert word in html
    assert "<svg" in html
    assert "tone-" in html


def test_a_nearly_full_cell_says_so(render: Render) -> None:
    """The hottest cells carry a sign and words; no value is a dash."""
    assert "nearly full" in render("{{ c.heat_cell(0.97) }}")
    assert "nearly full" not in render("{{ c.heat_cell(0.8) }}")
    assert "–" in render("{{ c.heat_cell(none) }}")


def test_sorting_turns_around(render: Render) -> None:
    """The sorted column says so to screen readers, and its link sorts the other way."""
    request = RequestFactory().get("/", {"sort": "free", "page": "2"})
    html = render("{{ c.th('Free', request, 'free') }}", request=request)
    assert 'aria-sort="ascending"' in html
    assert 'href="?sort=-free"' in html


def test_a_filter_that_is_on_can_be_switched_off(render: Render) -> None:
    """The link of an active filter removes it."""
    request = RequestFactory().get("/", {"state": "free", "ward": "7"})
    html = render("{{ c.filters(request, 'state', [('free', 'Free', 3)], 'State') }}", request=request)
    assert 'href="?ward=7" aria-current="true"' in html


def test_the_pager_counts(render: Render) -> None:
    """The middle page has both neighbours and says which rows it shows."""
    page = Paginator(range(100), 40).page(2)
    html = render("{{ c.pager(request, page) }}", request=RequestFactory().get("/", {"q": "x"}), page=page)
    assert "41–80 of 100" in html
    assert "?q=x&amp;page=1" in html
    assert "?q=x&amp;page=3" in html


def test_a_clock_works_without_a_script(render: Render) -> None:
    """The value of the moment is in the page; the script only lets it run."""
    html = render("{{ c.since(at, 20) }}", at=NOON - timedelta(minutes=7, seconds=12))
    assert ">00:07:12<" in html
    assert 'data-target-minutes="20"' in html


def test_a_figure_can_say_how_it_is_computed(render: Render) -> None:
    """Definition, denominator and instant stand behind the figure's i."""
    html = render("{{ c.kpi('Beds', 5, about=a) }}", a={"definition": "Counted so.", "denominator": 0, "as_of": NOON})
    assert "Counted so." in html
    assert "<dd>0</dd>" in html
    assert "Today 12:00" in html


def test_asking_once_more_is_a_form(render: Render) -> None:
    """A dangerous step is a POST with a token behind a question, without any script."""
    html = render(
        "{{ c.confirm(request, '/x', 'Close', 'Really?', 'Yes', values={'id': 3}) }}", request=RequestFactory().get("/")
    )
    assert 'method="post" action="/x"' in html
    assert "csrfmiddlewaretoken" in html
    assert 'name="id" value="3"' in html
