"""A draft's page: its sections save themselves, and nothing typed is lost."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from checkout_widgets.launching.drafts import DraftChoices, create_draft
from checkout_widgets.launching.templates import templates
from checkout_widgets.models import KeptInput, Widget
from experiments.assignment.targeting import Context
from experiments.decisions import counts as decision_counts
from experiments.decisions import samples as decision_samples
from experiments.decisions.counts import Count, CountKey
from experiments.decisions.samples import Ranked, SampleGroup
from experiments.models import AuditAction, Experiment, Role, Status
from tests import factories
from tests.dashboard.builder.drafts import AUDIENCE, HTMX, WORDS, client_of, send, url_of, version_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

PHONES = {"field": "device", "op": "is", "value": "phone"}


@pytest.fixture
def draft() -> Experiment:
    return factories.make_experiment(status=Status.DRAFT, started_at=None)


def words_of(html: str) -> str:
    """What a page says: its texts, and what its tags say aloud."""
    spoken = " ".join(re.findall(r'(?:aria-label|title|alt)="([^"]*)"', html))
    return re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", html, flags=re.DOTALL) + spoken


def test_draft_of_a_steps_test_speaks_of_customers_and_a_variants_name_stays():
    draft = factories.make_customer_experiment(status=Status.DRAFT, started_at=None, planned_sample=5_000)
    draft.variants.filter(key="treatment").update(name="For visitors")
    page = client_of(draft).get(url_of(draft)).content.decode()
    texts = words_of(page)
    for said in ("5,000 customers per variant", "Equal weights split customers evenly", "Customers are split 1 : 1"):
        assert said in texts, said
    # Orders are matched to visitors, whoever a test counts.
    of_orders = r"matched to visitors|say which visitor placed them|Send the visitor's ID"
    left = re.sub(of_orders, "", texts.replace("For visitors", "")).lower()
    assert "visitor" not in left
    assert "For visitors" in texts
    saved = send(client_of(draft), draft, "goal", {"goal_metric": "conversion", "attribution_window_days": "30"})
    assert "5,000 customers per variant" in words_of(saved.content.decode())


def test_treatment_without_a_widget_gets_one(draft):
    offer = factories.make_offer(draft.store, name="Mug")
    answer = send(client_of(draft), draft, "treatment-treatment", WORDS | {"offer": offer.pk})
    assert answer["X-Section-State"] == "saved"
    widget = Widget.objects.get()
    shown = (widget.variant.key, widget.offer, widget.headline, widget.phone_layout)
    assert shown == ("treatment", offer, "A mug for the tea", "line")
    assert not KeptInput.objects.exists()


def test_words_typed_before_there_is_an_offer_are_there_again_and_saved_with_it(draft):
    client = client_of(draft)
    answer = send(client, draft, "treatment-treatment", WORDS | {"headline": "Typed first"})
    assert answer["X-Section-State"] == "kept"
    assert not Widget.objects.exists()
    assert 'value="Typed first"' in client.get(url_of(draft)).content.decode()
    offer = factories.make_offer(draft.store)
    send(client, draft, "treatment-treatment", WORDS | {"headline": "Typed first", "offer": offer.pk})
    assert Widget.objects.get().headline == "Typed first"


def test_templates_words_stay_whatever_is_chosen_later():
    template = templates()["reason"]
    draft = create_draft(template, factories.make_store(), DraftChoices(key="mug", name="Mug"), actor="ada")
    client, arm = client_of(draft), template.arms[-1]
    question = {"name": "Mug", "hypothesis": "", "moment": "payment"}
    assert send(client, draft, "question", question)["X-Section-State"] == "saved"
    page = client.get(url_of(draft)).content.decode()
    assert f'value="{arm.headline}"' in page
    assert f'value="{arm.reason}"' in page


def test_treatment_keeps_what_its_form_has_no_field_for_and_notes_changes_once(draft):
    widget = factories.make_widget(draft.variants.get(key="treatment"), theme={"accent": "#0b7a75", "shadow": "none"})
    client, before = client_of(draft), widget.headline
    typed = WORDS | {"offer": widget.offer_id, "theme-accent": "#0b7a75"}
    send(client, draft, "treatment-treatment", typed | {"headline": "On the way"})
    send(client, draft, "treatment-treatment", typed)
    widget.refresh_from_db()
    assert widget.theme == {"accent": "#0b7a75", "shadow": "none"}
    entry = draft.audit_entries.get(action=AuditAction.CHANGED)
    assert entry.detail["headline"] == [before, "A mug for the tea"]


@pytest.mark.parametrize(
    ("section", "typed", "error"),
    [
        ("treatment-treatment", WORDS | {"headline": "Only {prize}"}, "Unknown placeholder: {prize}"),
        ("treatment-treatment", WORDS | {"accept_label": "Add"}, "The accept button must show the price"),
        ("treatment-treatment", WORDS | {"layout": "comparison"}, "This layout needs a comparison"),
        ("treatment-treatment", WORDS | {"offer": "foreign"}, "Choose one from the list."),
        ("audience", AUDIENCE | {"targeting-0-0-text": ""}, "Group 1, condition 1"),
        ("audience", AUDIENCE | {"traffic_percent": "nan"}, "Enter a number"),
        ("question", {"name": "", "moment": "cart"}, "This field is required"),
        ("question", {"name": "x", "moment": "moon"}, "Choose one from the list."),
        ("goal", {"goal_metric": "rpv", "attribution_window_days": "0"}, "Enter 1 or more."),
        ("length", {"weeks": "own", "planned_days": ""}, "Enter the days"),
        ("start", {"ramp": "none", "starts_at": "2020-01-01T09:00"}, "Choose a time in the future"),
    ],
)
def test_value_that_cannot_be_read_is_named_kept_as_typed_and_not_saved(
    draft: Experiment, section: str, typed: dict[str, Any], error: str
):
    offer = factories.make_offer(draft.store)
    foreign = factories.make_offer(factories.make_store(slug="other"))
    client = client_of(draft)
    typed = {"offer": offer.pk} | {name: foreign.pk if text == "foreign" else text for name, text in typed.items()}
    answer = send(client, draft, section, typed)
    assert answer["X-Section-State"] == "kept"
    assert error in answer.content.decode()
    assert error in client.get(url_of(draft)).content.decode()
    assert not Widget.objects.exists()
    assert Experiment.objects.get(pk=draft.pk).name == draft.name
    is_blocking = b"has a value that couldn" in client.get(url_of(draft)).content
    assert is_blocking is (section in {"audience", "question", "goal", "length"})


def test_section_that_changed_meanwhile_is_not_overwritten_until_asked(draft):
    client = client_of(draft)
    older = version_of(client, draft, "audience")
    send(client, draft, "audience", AUDIENCE)
    url, other = url_of(draft, "sections/audience/"), AUDIENCE | {"traffic_percent": "80", "version": older}
    answer = client.post(url, other, **HTMX)
    assert answer["X-Section-State"] == "changed_meanwhile"
    assert "changed this section" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.traffic_share == 0.5
    client.post(url, other | {"overwrite": "on"}, **HTMX)
    draft.refresh_from_db()
    assert draft.traffic_share == 0.8


def test_audience_is_saved_with_an_entry_and_its_reach(draft):
    at = timezone.now() - timedelta(days=1)
    factories.make_widget(draft.variants.get(key="treatment"))
    devices = ["phone"] * 75 + ["desktop"] * 25
    ranked = [Ranked(place / 100, Context(device=device)) for place, device in enumerate(devices)]
    decision_samples.add({SampleGroup(draft.store_id, "cart", at.date()): ranked})
    decision_counts.add({CountKey(draft.store_id, at.date(), "cart", None, "no_experiment"): Count(4_000, at, at)})
    page = send(client_of(draft), draft, "audience", AUDIENCE).content.decode()
    draft.refresh_from_db()
    assert (draft.targeting, draft.traffic_share, draft.priority) == (PHONES, 0.5, 3)
    entry = draft.audit_entries.get(action=AuditAction.CHANGED)
    assert entry.detail == {"targeting": [{}, PHONES], "traffic_share": [1.0, 0.5], "priority": [0, 3]}
    assert "1,500" in page  # half of three quarters of 4,000
    assert "Don&#x27;t match the targeting" in page


def test_goal_and_own_length_are_saved(draft):
    client = client_of(draft)
    goal = {"goal_metric": "margin", "attribution_window_days": "14", "guardrails-conversion": "3"}
    send(client, draft, "goal", goal)
    send(client, draft, "length", {"weeks": "own", "planned_days": "21", "planned_sample": "4000"})
    draft.refresh_from_db()
    assert (draft.goal_metric, draft.attribution_window_days) == ("margin", 14)
    assert draft.guardrails == [{"metric": "conversion", "margin": -0.03}]
    assert (draft.planned_days, draft.planned_sample, draft.planned_looks) == (21, 4000, 21)


def test_treatment_can_be_the_pages_own_and_an_offer_again_with_its_words(draft):
    widget = factories.make_widget(draft.variants.get(key="treatment"))
    client = client_of(draft)
    own = {"shows": "page", "description": "The bar of the free-shipping app"}
    assert send(client, draft, "treatment-treatment", own)["X-Section-State"] == "saved"
    variant = draft.variants.get(key="treatment")
    assert (variant.is_page_own, variant.description) == (True, "The bar of the free-shipping app")
    page = client.get(url_of(draft)).content.decode()
    assert "The page shows “Treatment” itself, marked data-upsell-show=&quot;treatment&quot;" in page
    assert "has no widget yet" not in page
    typed = WORDS | {"shows": "offer", "offer": widget.offer_id, "headline": widget.headline}
    send(client, draft, "treatment-treatment", typed)
    assert not draft.variants.get(key="treatment").is_page_own
    assert Widget.objects.get().headline == widget.headline


def test_advice_on_words_comes_with_what_is_saved(draft):
    offer = factories.make_offer(draft.store)
    typed = WORDS | {"offer": offer.pk, "headline": "Hurry, tea is waiting"}
    answer = send(client_of(draft), draft, "treatment-treatment", typed)
    assert answer["X-Section-State"] == "saved"
    assert "puts pressure on shoppers" in answer.content.decode()


def test_start_is_kept_as_typed_until_the_launch(draft):
    client = client_of(draft)
    send(client, draft, "start", {"ramp": "careful", "override_reason": "The season ends"})
    page = client.get(url_of(draft)).content.decode()
    assert '<option value="careful" selected>' in page
    assert "The season ends" in page
    draft.refresh_from_db()
    assert draft.ramp_plan == []


def test_browser_without_scripts_is_led_back_to_the_section(draft):
    client = client_of(draft)
    version = version_of(client, draft, "audience")
    answer = client.post(url_of(draft, "sections/audience/"), AUDIENCE | {"version": version})
    assert answer["Location"] == f"{url_of(draft)}#audience"


def test_test_that_has_started_stays(draft):
    client = client_of(draft)
    version = version_of(client, draft, "audience")
    Experiment.objects.filter(pk=draft.pk).update(started_at=timezone.now(), status=Status.RUNNING)
    answer = client.post(url_of(draft, "sections/audience/"), AUDIENCE | {"version": version}, **HTMX)
    assert answer["HX-Redirect"] == url_of(draft, "")
    draft.refresh_from_db()
    assert draft.targeting == {}


def test_late_save_of_a_launched_test_leaves_no_message_and_a_form_without_scripts_does(draft):
    """A section is saved by itself, also while the test is being launched: the report has the launch's words alone."""
    client = client_of(draft)
    version = version_of(client, draft, "question")
    Experiment.objects.update(status=Status.RUNNING, started_at=timezone.now())
    typed = {"name": "Too late", "version": version}
    late = client.post(url_of(draft, "sections/question/"), typed, **HTMX)
    assert late["HX-Redirect"] == url_of(draft, "")
    assert list(get_messages(late.wsgi_request)) == []
    by_form = client.post(url_of(draft, "sections/question/"), typed)
    assert [str(said) for said in get_messages(by_form.wsgi_request)] == [
        "This test has started, so you can't change it here. Duplicate it instead."
    ]


def test_old_addresses_lead_to_their_sections(draft):
    client = client_of(draft)
    assert client.get(url_of(draft, "audience/"))["Location"] == f"{url_of(draft)}#audience"
    moved = client.get(url_of(draft, "treatments/treatment/"))
    assert moved["Location"] == f"{url_of(draft)}#treatment-treatment"


def test_sections_are_for_editors_of_the_store_alone_and_never_the_control(draft):
    viewer, stranger = client_of(draft, Role.VIEWER), Client()
    stranger.force_login(factories.make_user(factories.make_store(slug="other"), username="eve"))
    for part in ("sections/audience/", "sections/treatment-treatment/"):
        assert viewer.post(url_of(draft, part), AUDIENCE).status_code == 403
        assert stranger.post(url_of(draft, part), AUDIENCE).status_code == 404
    assert viewer.get(url_of(draft)).status_code == 403
    client = Client()
    client.force_login(factories.make_user(draft.store, username="bob"))
    for name in ("treatment-control", "treatment-", "zz"):
        assert client.post(url_of(draft, f"sections/{name}/"), WORDS).status_code == 404


def test_page_takes_the_same_queries_however_many_offers_there_are(draft, django_assert_max_num_queries):
    client = client_of(draft)
    for number in range(12):
        factories.make_offer(draft.store, factories.make_product(draft.store, sku=f"S{number}"), key=f"o{number}")
    with django_assert_max_num_queries(75):
        client.get(url_of(draft))
