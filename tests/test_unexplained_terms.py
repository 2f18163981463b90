"""The field's terms are explained on each page that uses them in a sentence."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from config.single_sign_on import SingleSignOn
from dashboard.glossary.terms import TERMS
from tests import console_story
from tests.console_pages import PAGES, SHARED
from tests.unexplained_terms import unexplained_terms

# What a team that sells has not met elsewhere. Others, such as lift, are understood without.
OF_THE_FIELD = frozenset(
    {
        *("srm", "confidence-interval", "guardrail", "mde", "p-value", "always-valid", "cuped", "prior", "power"),
        *("expected-loss", "holdout", "rpv", "corrected", "capping", "soft-opt-in"),
    }
)
GLOSSARY = "glossary"  # explains them all, in its rows


def pages() -> list[str]:
    return [page for room, addresses in PAGES.items() if room != GLOSSARY for page in addresses]


@pytest.mark.slow(seconds=15)
@pytest.mark.django_db
def test_terms_of_the_field_are_explained_where_a_page_uses_them(settings):
    settings.SINGLE_SIGN_ON = SingleSignOn("https://zz.example", "zz", "zz", "zz-provider", "openid", "groups", {})
    cache.clear()
    story = console_story.tell(timezone.now())
    editor = Client()
    editor.force_login(story.editor)
    found = []
    for page in pages():
        answer = editor.get(page.replace(SHARED, f"/shared/{story.share.token}/"), follow=True)
        for key, sentence in unexplained_terms(answer.content.decode()).items():
            if key in OF_THE_FIELD:
                found.append(f"{page}: {key}: {sentence}")
    assert "\n".join(found) == ""


def test_terms_of_the_field_are_in_the_glossary():
    assert OF_THE_FIELD - {term.key for term in TERMS} == set()


def test_term_is_found_in_a_sentence_alone_and_not_where_it_is_explained():
    plain = "<h2>The p-value</h2><p>p-value</p><p>A p-value is below 0.05.</p>"
    assert unexplained_terms(plain) == {"p-value": "A p-value is below 0.05."}
    meaning = '<span class="term-meaning" id="term-p-value-a1b2">How likely</span>'
    assert unexplained_terms(f"<p>A <button>p-value</button>{meaning} is below 0.05, as p-values are.</p>") == {}
