"""The console in German: every text is there, with its placeholders and tags, and pages are written in it."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from babel.messages import Message
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation

from experiments.snapshots import take_snapshot
from tests import factories
from tests.collected_texts import collected

CATALOG = settings.BASE_DIR / "locale/de/LC_MESSAGES/django.po"
# What a sentence is filled with, and what draws it; lost in translation, it is an error or nothing at all.
KEPT = re.compile(r"%\(\w+\)[#0\- +]*[\d.]*[a-z]|%%|%[sd]|\{\w*\}|</?[a-zA-Z][^>]*>|&\w+;")


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    """A thread keeps the language of its last page, and the next test of this process runs in it."""
    yield
    translation.activate(settings.LANGUAGE_CODE)


def messages() -> Iterator[Message]:
    with CATALOG.open("rb") as file:
        for message in read_po(file):
            if message.id:
                yield message


def texts_of(value: Any) -> tuple[str, ...]:
    """A text, or a text and its plural."""
    if isinstance(value, str):
        return (value,)
    return tuple(value)


def test_catalog_has_every_text_that_code_and_templates_mark():
    # What was added without ``make messages`` would be English on a German page, and no other test sees it.
    known = set()
    for message in messages():
        known.add(message.id if isinstance(message.id, str) else message.id[0])
    missing = {text: path for text, path in collected().items() if text not in known}
    assert missing == {}, "run make messages, and translate"


def test_no_text_is_missing_or_left_to_guesses():
    """After a change of texts: ``make messages``, then translate what is empty or fuzzy in the catalog."""
    missing = []
    for message in messages():
        if message.fuzzy or not all(texts_of(message.string)):
            missing.append(message.id)
    assert missing == []


def test_placeholders_and_tags_are_kept():
    changed = []
    for message in messages():
        said, meant = texts_of(message.string), texts_of(message.id)
        if set(KEPT.findall(said[-1])) != set(KEPT.findall(meant[-1])):
            changed.append((message.id, message.string))
        if not set(KEPT.findall(said[0])) <= set(KEPT.findall("".join(meant))):
            changed.append((message.id, message.string))
    assert changed == []


@pytest.mark.slow
def test_compiled_catalog_is_that_of_the_texts():
    """Pages are written from the compiled one, which ``make messages`` makes."""
    with CATALOG.with_suffix(".mo").open("rb") as file:
        compiled = file.read()
    unknown: Counter[str] = Counter()
    for message in messages():
        for text in texts_of(message.string):
            unknown[text] += text.encode() not in compiled
    assert sum(unknown.values()) == 0, [text for text, number in unknown.items() if number]


@pytest.mark.django_db
def test_pages_follow_the_browsers_language(client):
    login = client.get("/login/", headers={"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"})
    assert 'lang="de"' in login.content.decode()
    assert "Anmelden" in login.content.decode()
    client.force_login(factories.make_user(factories.make_store()))
    assert "Übersicht" in client.get("/", headers={"Accept-Language": "de"}).content.decode()
    assert "Overview" in client.get("/", headers={"Accept-Language": "sv"}).content.decode()


@pytest.mark.django_db
def test_programs_are_answered_in_english_whatever_they_ask_for(client):
    answer = client.post("/v1/events", "{", content_type="application/json", headers={"Accept-Language": "de"})
    assert answer.status_code >= 400
    assert "ist" not in answer.content.decode().split()


@pytest.mark.slow
@pytest.mark.django_db
def test_coordinates_of_drawings_keep_their_point(client):
    """A comma in an SVG's attribute draws nothing at all."""
    experiment = factories.make_experiment(factories.make_store())
    for variant in experiment.variants.all():
        factories.make_exposure(variant)
    take_snapshot(experiment)
    client.force_login(factories.make_user(experiment.store))
    url = f"/tests/{experiment.store.slug}/{experiment.key}/"
    page = client.get(url, headers={"Accept-Language": "de"}).content.decode()
    assert "Besucher" in page
    attributes = re.findall(r'\s(?:x|y|x1|x2|y1|y2|cx|cy|width|height|points|d)="([^"]*)"', page)
    assert not [value for value in attributes if re.fullmatch(r"\d+,\d+", value)]
