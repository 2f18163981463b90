"""From a template to a running test, as a member goes."""

import statistics
from datetime import timedelta
from statistics import NormalDist
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from checkout_widgets.launching.templates import templates
from checkout_widgets.models import Widget
from experiments.decisions import counts as decision_counts
from experiments.decisions.counts import Count, CountKey
from experiments.models import AuditAction, Experiment, Exposure, Role, Status, Store
from tests import factories

pytestmark = pytest.mark.django_db


def client_of(store: Store, role: str = Role.EDITOR) -> Client:
    client = Client()
    client.force_login(factories.make_user(store, role=role, username=f"ada-{store.slug}-{role}"))
    return client


def ready(store: Store, **fields: Any) -> Experiment:
    """A draft that nothing stands against now."""
    now = timezone.now()
    settings = {"status": Status.DRAFT, "started_at": None, "planned_sample": 5_000, "previewed_at": now}
    experiment = factories.make_live_experiment(store, **settings | fields)
    Widget.objects.update(updated_at=now - timedelta(minutes=1))
    decision_counts.add({CountKey(store.pk, now.date(), experiment.moment, None, "no_experiment"): Count(1, now, now)})
    factories.make_order(store, visitor_id="v_1", placed_at=now)
    return experiment


def test_templates_are_all_offered_with_a_button_each_and_messages_lead_to_journeys():
    store = factories.make_store()
    page = client_of(store).get("/templates/", {"store": store.slug, "planned_sample": "900"}).content.decode()
    for template in templates().values():
        button = f'action="/templates/{template.key}/?store={store.slug}&amp;planned_sample=900"'
        # A draft of a message's test can't be launched: it would be a dead end.
        assert (button in page) is not template.is_undelivered
    assert f'href="/journeys/templates/?store={store.slug}">Cross-sell email</a>' in page


def test_plan_of_a_link_is_told_and_becomes_the_drafts():
    store = factories.make_store()
    client, url = client_of(store), "/templates/price/?planned_sample=4321&planned_days=21&moment=payment"
    assert "come from your plan" in client.get(url).content.decode()
    assert not Experiment.objects.exists()
    client.post(url)
    experiment = Experiment.objects.get()
    planned = (experiment.planned_sample, experiment.planned_days, experiment.moment)
    assert planned == (4321, 21, "payment")


def test_new_test_becomes_a_draft_of_both_arms_and_leads_to_its_page():
    store = factories.make_store()
    factories.make_experiment(store, key="price-a-or-b")
    answer = client_of(store).post("/templates/price/")
    assert answer["location"] == f"/tests/{store.slug}/price-a-or-b-2/launch/"
    experiment = Experiment.objects.get(key="price-a-or-b-2")
    assert (experiment.status, experiment.moment, experiment.planned_days) == (Status.DRAFT, "cart", 14)
    assert [variant.key for variant in experiment.variants.all()] == ["control", "price-a", "price-b"]


@pytest.mark.parametrize(
    "query", ["moment=moon", "planned_days=0", "planned_days=3641", "planned_sample=99999999999", "planned_sample=zz"]
)
def test_figures_of_a_link_that_cannot_be_read_are_left_out(query):
    store = factories.make_store()
    assert client_of(store).post(f"/templates/offer-or-nothing/?{query}").status_code == 302
    experiment = Experiment.objects.get()
    assert (experiment.moment, experiment.planned_days, experiment.planned_sample) == ("cart", 14, None)


@pytest.mark.slow
def test_launch_of_what_is_ready_runs_it_with_its_ramp():
    store = factories.make_store()
    experiment = ready(store)
    client = client_of(store)
    page = client.get(f"/tests/{store.slug}/{experiment.key}/launch/").content.decode()
    assert "Fix first" not in page
    assert "Recommended" not in page
    answer = client.post(f"/tests/{store.slug}/{experiment.key}/launch/", {"ramp": "careful"})
    assert answer.status_code == 302, answer.context["start_form"].errors
    experiment.refresh_from_db()
    assert (experiment.status, experiment.served_share, experiment.is_pausing_on_harm) == (Status.RUNNING, 0.05, False)
    assert experiment.audit_entries.get(action=AuditAction.STARTED).actor == f"ada-{store.slug}-editor"


@pytest.mark.slow
def test_launch_sent_twice_leads_to_the_report_both_times_and_starts_once():
    store = factories.make_store()
    experiment = ready(store)
    client, url = client_of(store), f"/tests/{store.slug}/{experiment.key}/launch/"
    answers = [client.post(url, {"ramp": "careful"}) for _click in range(2)]
    report = f"/tests/{store.slug}/{experiment.key}/"
    assert [answer.get("Location") for answer in answers] == [report, report]
    assert experiment.audit_entries.filter(action=AuditAction.STARTED).count() == 1


@pytest.mark.slow
def test_launch_against_a_warning_asks_why_and_keeps_nothing_until_then():
    store = factories.make_store()
    experiment = ready(store, planned_days=7)
    url = f"/tests/{store.slug}/{experiment.key}/launch/"
    answer = client_of(store).post(url, {"ramp": "careful"})
    assert answer.status_code == 422
    assert "give a reason to launch" in answer.content.decode()
    experiment.refresh_from_db()
    assert (experiment.status, experiment.ramp_plan) == (Status.DRAFT, [])
    client_of(store, Role.ADMIN).post(url, {"ramp": "none", "override_reason": "It ends with the season"})
    experiment.refresh_from_db()
    assert experiment.status == Status.RUNNING
    assert experiment.audit_entries.get(action=AuditAction.OVERRIDDEN).reason == "It ends with the season"


@pytest.mark.slow
def test_launch_of_what_cant_run_has_no_button_and_is_refused():
    store = factories.make_store()
    experiment = factories.make_experiment(store, status=Status.DRAFT, started_at=None)
    url = f"/tests/{store.slug}/{experiment.key}/launch/"
    client = client_of(store)
    assert 'type="submit" disabled' in client.get(url).content.decode()
    assert client.post(url, {"ramp": "none", "override_reason": "I know"}).status_code == 422
    experiment.refresh_from_db()
    assert experiment.status == Status.DRAFT


def test_launch_at_a_time_is_by_the_stores_clock_and_can_be_taken_back():
    store = factories.make_store(timezone="America/New_York")
    experiment = ready(store)
    url = f"/tests/{store.slug}/{experiment.key}/launch/"
    client = client_of(store)
    year = timezone.now().year + 1
    assert client.post(url, {"ramp": "none", "starts_at": f"{year}-01-15T09:00"}).status_code == 302
    experiment.refresh_from_db()
    assert experiment.status == Status.SCHEDULED
    assert experiment.starts_at is not None
    assert experiment.starts_at.isoformat() == f"{year}-01-15T14:00:00+00:00"
    assert "Unschedule" in client.get(url).content.decode()
    client.post(f"/tests/{store.slug}/{experiment.key}/unschedule/")
    experiment.refresh_from_db()
    assert experiment.status == Status.DRAFT


@pytest.mark.slow
@pytest.mark.parametrize(
    ("times", "field"),
    [
        ({"starts_at": "2020-01-01T09:00"}, "starts_at"),
        ({"ends_at": "2020-01-01T09:00"}, "ends_at"),
        ({"starts_at": "soon"}, "starts_at"),
        ({"starts_at": "9999-12-31T23:59"}, "starts_at"),
        ({"starts_at": "2999-01-02T09:00", "ends_at": "2999-01-01T09:00"}, "ends_at"),
    ],
    ids=["past start", "past end", "no time", "year 9999", "end first"],
)
def test_launch_at_a_wrong_time_names_the_field(times, field):
    store = factories.make_store()
    experiment = ready(store)
    answer = client_of(store).post(f"/tests/{store.slug}/{experiment.key}/launch/", {"ramp": "none"} | times)
    assert answer.status_code == 422
    assert field in answer.context["start_form"].errors


def test_copy_of_a_test_is_a_draft():
    store = factories.make_store()
    experiment = factories.make_live_experiment(store, key="care")
    answer = client_of(store).post(f"/tests/{store.slug}/{experiment.key}/copy/")
    assert answer["location"] == f"/tests/{store.slug}/care-2/launch/"
    assert Experiment.objects.get(key="care-2").status == Status.DRAFT


@pytest.mark.parametrize("path", ["launch/", "unschedule/", "copy/"])
def test_viewers_may_not_and_strangers_find_nothing(path):
    store = factories.make_store()
    experiment = ready(store)
    url = f"/tests/{store.slug}/{experiment.key}/{path}"
    assert client_of(store, Role.VIEWER).post(url).status_code == 403
    assert client_of(factories.make_store()).post(url).status_code == 404
    assert Client().post(url).status_code == 302
    experiment.refresh_from_db()
    assert experiment.status == Status.DRAFT
    assert Experiment.objects.count() == 1


def test_viewer_makes_no_draft_and_another_stores_page_is_not_found():
    store, other = factories.make_store(), factories.make_store()
    assert client_of(store, Role.VIEWER).post("/templates/price/").status_code == 403
    assert client_of(other).post(f"/templates/price/?store={store.slug}").status_code == 404
    assert client_of(store).get("/templates/nothing/").status_code == 404
    assert not Experiment.objects.exists()


def test_preview_leads_to_the_stores_page_with_a_signed_link():
    store = factories.make_store(preview_url="https://shop.example/cart")
    experiment = ready(store)
    url = f"/tests/{store.slug}/{experiment.key}/preview/treatment/"
    answer = client_of(store).get(url)
    assert answer.status_code == 302
    assert answer["location"].startswith("https://shop.example/cart?offerlift_preview=")
    assert client_of(factories.make_store()).get(url).status_code == 404
    assert client_of(store, Role.VIEWER).get(url).status_code == 403


def test_preview_of_a_store_without_a_page_says_what_to_do():
    store = factories.make_store(allowed_origins=[])
    experiment = ready(store)
    page = client_of(store).get(f"/tests/{store.slug}/{experiment.key}/preview/treatment/", follow=True)
    assert "Set a page for previews" in page.content.decode()


@pytest.mark.slow
def test_new_test_is_sized_by_the_stores_own_visitors():
    store = factories.make_store()
    experiment = factories.make_experiment(store)
    now = timezone.now()
    Exposure.objects.bulk_create(
        Exposure(
            experiment=experiment,
            store=store,
            variant=experiment.variants.get(is_control=True),
            visitor_id=f"v_{number}",
            exposed_at=now - timedelta(days=number % 14),
            orders=number % 2,
            revenue_minor=(5_000 + 10 * number) * (number % 2),
            items=number % 2,
            has_converted=bool(number % 2),
        )
        for number in range(200)
    )
    client_of(store, Role.ADMIN).post("/templates/price/")
    draft = Experiment.objects.get(name="Price A or B")
    values = [(5_000 + 10 * number) * (number % 2) for number in range(200)]
    mean, variance = statistics.fmean(values), statistics.variance(values)
    z = NormalDist().inv_cdf(1 - 0.05 / 2) + NormalDist().inv_cdf(0.8)
    fixed = z**2 * variance * (1 + 1.05**2) / (0.05 * mean) ** 2
    assert draft.planned_sample is not None
    assert 1.0 < draft.planned_sample / fixed < 1.4  # two treatments and daily looks cost some more
    assert draft.planned_days > 365
