"""Every page of the console in a made-up language: whatever is in plain letters there was never given to gettext."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.db import transaction
from django.template.loader import render_to_string
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from config.single_sign_on import SingleSignOn
from dashboard.urls import urlpatterns
from experiments.models import AuditEntry
from experiments.notifications import mail
from experiments.notifications.message import message_of
from tests import console_story, pseudo_language
from tests.console_customers import ADDRESS
from tests.console_pages import NO_PAGES, PAGES, SENT, SHARED
from tests.console_story import Story
from tests.raw_strings import raw_strings, raw_strings_of_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(settings: Any) -> Iterator[Story]:
    settings.LANGUAGE_CODE = pseudo_language.CODE
    settings.LANGUAGES = [(pseudo_language.CODE, "Pseudo")]
    settings.SINGLE_SIGN_ON = SingleSignOn("https://zz.example", "zz", "zz", "zz-provider", "openid", "groups", {})
    pseudo_language.install()
    cache.clear()
    yield console_story.tell(timezone.now())
    cache.clear()


# Each test has a story of its own, which takes a second to write: so many tests share the rooms.
WALKS = 6


def rooms_of_walks() -> list[Any]:
    """The rooms as parameters, several in each, which have all of their names."""
    names = list(PAGES)
    return [pytest.param(names[first::WALKS], id="+".join(names[first::WALKS])) for first in range(WALKS)]


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def found_on(url: str, answer: Any) -> list[str]:
    """The raw strings of an answer, each with where it stands."""
    if answer.status_code >= 500:
        pytest.fail(f"{url} answers {answer.status_code}")
    body = answer.content.decode()
    # On the same walk: no page shows a customer's address but the one that an editor asks for, which is noted.
    if ADDRESS in body and not url.endswith("/addresses/"):
        pytest.fail(f"{url} shows a customer's address")
    return [f"{url}: {text}" for text in raw_strings_of_page(body)]


def listed(found: Iterable[str]) -> str:
    """What was found, one a line."""
    return "\n".join(sorted(set(found)))


def found_in(room: str, story: Story) -> set[str]:
    """The raw strings of a room's pages, as everybody sees them, and of the answers to its forms."""
    clients = [client_of(user) for user in (story.editor, story.newcomer, story.stranger, story.owner)]
    found = set()
    for page in PAGES[room]:
        url = page.replace(SHARED, f"/shared/{story.share.token}/")
        for client in clients:
            found |= set(found_on(url, client.get(url, follow=True)))
    for url, values in SENT.get(room, []):
        found |= set(found_on(url, clients[0].post(url, values, follow=True)))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("rooms", rooms_of_walks())
def test_rooms_show_no_raw_string(story, rooms):
    found = set()
    for room in rooms:
        with transaction.atomic():
            found |= found_in(room, story)
            transaction.set_rollback(True)  # what the forms have changed
        cache.clear()
    assert not found, listed(found)


@pytest.mark.slow
def test_signing_in_shows_no_raw_string(story, client):
    found = found_on("/login/", client.get("/login/?next=/tests/"))
    for _ in range(11):
        answer = client.post("/login/", {"username": "zz-editor", "password": "wrong"})
        found += found_on("/login/", answer)
    assert answer.status_code == 429
    client = Client(REMOTE_ADDR="203.0.113.9")
    answer = client.post("/login/", {"username": "zz-editor", "password": "correct horse"}, follow=True)
    found += found_on("/login/second-step/", answer)
    found += found_on("/login/second-step/", client.post("/login/second-step/", {"code": "zz"}))
    assert not found, listed(found)


@pytest.mark.slow
def test_errors_show_no_raw_string(story):
    client = client_of(story.editor)
    found = found_on("/nothing/", client.get("/nothing/"))
    found += found_on("a NUL", client.post("/account/topics/", {"a\x00": "b"}))
    for name in ("400", "403", "403_csrf", "404", "500", "503"):
        found += [f"{name}: {text}" for text in raw_strings_of_page(render_to_string(f"{name}.html"))]
    assert not found, listed(found)


@pytest.mark.slow
def test_e_mails_have_no_raw_string(story):
    messages = [message_of(entry) for entry in AuditEntry.objects.filter(experiment__key="zz-running")]
    told = [message for message in messages if message]
    assert len(told) >= 10
    for email in [mail.digest(story.store), *(message.email for message in told)]:
        assert raw_strings([email.subject, *email.text.splitlines()]) == []
        assert raw_strings_of_page(email.html) == []


def admin_urls() -> Iterator[str]:
    """The admin's pages: each model's list, and the forms of one row of it."""
    yield from (reverse(f"admin:{name}") for name in ("index", "password_change"))
    rows = console_story.rows()
    for model in admin.site._registry:
        if model._meta.app_label not in {"experiments", "checkout_widgets", "journeys", "dashboard", "auth"}:
            continue
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = rows.get(model._meta.label) or model._default_manager.values_list("pk", flat=True).first()
        assert row is not None, f"{model._meta.label}: the story has none"
        yield from (reverse(f"{name}_changelist"), reverse(f"{name}_changelist") + "?q=zznothing")
        yield reverse(f"{name}_add")
        yield from (reverse(f"{name}_{page}", args=[row]) for page in ("change", "delete", "history"))
    for name in ("offer_import", "offer_export", "product_import", "product_export"):
        yield reverse(f"admin:checkout_widgets_{name}")


@pytest.mark.slow
def test_admin_shows_no_raw_string(story):
    client = client_of(story.editor)
    found = set()
    for url in admin_urls():
        found |= set(found_on(url, client.get(url)))
        if url.endswith(("/add/", "import/")):
            found |= set(found_on(f"{url}, refused", client.post(url, {})))
    assert not found, listed(found)


def test_every_page_of_the_dashboard_is_asked_for():
    dashboard = {pattern.name for pattern in urlpatterns}
    addresses = [url for pages in PAGES.values() for url in pages]
    addresses += [url for sent in SENT.values() for url, _ in sent]
    asked = {resolve(urlsplit(url).path).url_name for url in addresses}
    assert dashboard - asked == NO_PAGES


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("Save", "«Šáṽé éï»"),
        ("%(count)s orders <b>of</b> {name}", "«%(count)s öřďéřš <b>öƒ</b> {name} éïöüà»"),
        ("verb\x04Open", "«Öþéñ éï»"),
        ("", ""),
    ],
)
def test_pseudo_text_keeps_what_is_no_text(message, shown):
    assert pseudo_language.pseudo(message) == shown


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>«Šåvé»</p><code>ls -l</code><p>zz-shop: Чай, 3 EUR, Offerlift</p>", []),
        ("<p>«Šåvé» and more</p>", ["«Šåvé» and more"]),
        ('<input placeholder="Name"><img alt="">', ["Name"]),
        ('<input type="submit" value="Save"><input value="typed">', ["Save"]),
        ('<option value="Asia/Tokyo">Asia/Tokyo</option><option value="a">First</option>', ["First"]),
        ('<p translate="no">Tea <b>shop</b></p><p>Tea</p>', ["Tea"]),
        ("<svg><title>Chart</title><rect/></svg><script>const a = 1</script>", ["Chart"]),
        ('<script type="application/json">{"type": "bar", "data": [{"name": "Lift of %{x}"}]}</script>', ["Lift of"]),
    ],
)
def test_raw_strings_are_found(html, found):
    assert raw_strings_of_page(html) == found
