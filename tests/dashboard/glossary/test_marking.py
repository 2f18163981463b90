"""Where a page first uses a term it carries its meaning, once, and the page's HTML stays sound."""

import re
from typing import Any

import pytest
from django.template import engines
from django.test import RequestFactory
from django.utils.safestring import mark_safe

from dashboard.glossary.marking import explain


@pytest.fixture
def request_():
    return RequestFactory().get("/")


def render(source: str, **context: Any) -> str:
    return engines["django"].from_string("{% load glossary %}" + source).render(context, context.get("request"))


def found(pattern: str, page: str) -> str:
    match = re.search(pattern, page)
    assert match is not None
    return match[1]


def test_term_is_explained_where_the_page_first_uses_it(request_):
    page = render('{% term "guardrail" %} and {% term "guardrail" "guardrails" %}', request=request_)
    assert page.count("<button") == 1
    assert page.endswith(" and guardrails")
    target = found(r'popovertarget="([\w-]+)"', page)
    assert f'aria-describedby="{target}"' in page
    assert f'id="{target}" role="tooltip" popover>A metric that must not get worse' in page


def test_two_answers_have_ids_of_their_own():
    pages = [render('{% term "SRM" %}', request=RequestFactory().get("/")) for _ in range(2)]
    assert len({found(r' id="([\w-]+)"', page) for page in pages}) == 2


def test_term_stays_plain_without_a_page():
    assert render('{% term "lift" %}') == "lift"


def test_text_is_escaped_and_its_terms_explained(request_):
    page = render("{{ text|explain:request }}", text="<b>The holdout</b> & the Holdout", request=request_)
    assert page.startswith("&lt;b&gt;The <button")
    assert page.endswith("&lt;/b&gt; &amp; the Holdout")
    assert ">holdout</button>" in page


def test_html_keeps_its_tags_and_links_have_no_buttons(request_):
    html = mark_safe('<a href="/lift/">the lift</a> <em>lift</em>')
    assert explain(html, None) == html
    assert explain(html, request_).startswith('<a href="/lift/">the lift</a> <em><button')


@pytest.mark.parametrize("text", ["uplift", "lifted", "offer", "5 &lt; 6"])
def test_other_words_are_left_alone(request_, text):
    assert render("{{ text|safe|explain:request }}", text=text, request=request_) == text


def test_longest_form_wins(request_):
    page = explain("The confidence interval of a goal metric", request_)
    assert ">confidence interval</button>" in page
    assert ">goal metric</button>" in page
