"""Drafts from templates."""

from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from checkout_widgets.launching import LaunchRefused, launch
from checkout_widgets.launching.checklist import checklist
from checkout_widgets.launching.drafts import DraftChoices, create_draft
from checkout_widgets.launching.templates import KINDS, templates
from checkout_widgets.models import ChosenPair, Offer, Widget
from checkout_widgets.recommending.lists import lists_of, write_lists
from experiments.decisions import counts as decision_counts
from experiments.decisions.counts import Count, CountKey
from experiments.models import AuditAction, Covariate, Experiment, Moment, Status
from experiments.programme.moments import playbook_moments
from experiments.running import lifecycle
from experiments.running.lifecycle import LifecycleError
from tests import factories

QUESTIONS = (
    "offer-or-nothing", "page-own", "reason", "one-or-two", "bundle-or-single", "one-or-sequence", "price", "copy",
    "layout", "curated-or-recommended",
)  # fmt: skip


def new(**choices: Any) -> DraftChoices:
    return DraftChoices(key="new", name="New", **choices)


def test_templates_are_the_first_questions_and_the_whole_playbook():
    rows = playbook_moments()
    assert len(rows) == 20
    assert list(templates()) == [*QUESTIONS, *(row.key for row in rows)]
    assert {row.offer for row in rows} == set(KINDS)


def test_template_of_a_playbook_row_plans_two_whole_weeks_at_least_and_its_range():
    template = templates()["exit-intent-exit-intent-bundle"]
    assert (template.moment, template.planned_days, template.expected) == (Moment.EXIT_INTENT, 14, (0.02, 0.05))
    assert template.lift == pytest.approx(0.035)
    assert template.arms[0].layout == "dialog"
    assert templates()["follow-up-renewal"].planned_days == 35
    assert all(template.planned_days % 7 == 0 for template in templates().values())


@pytest.mark.django_db
@pytest.mark.parametrize("key", list(templates()))
def test_draft_of_every_template_is_complete_but_for_what_only_the_store_knows(key):
    store, template = factories.make_store(), templates()[key]
    offers = [factories.make_offer(store) for _ in range(template.offers)]
    experiment = create_draft(template, store, new(offers=offers, planned_sample=4_000), actor="ada")
    assert (experiment.status, experiment.moment) == (Status.DRAFT, template.moment)
    assert experiment.variants.filter(is_control=True).count() == 1
    shown = [arm for arm in template.arms if not arm.is_page_own]
    assert [widget.offer for widget in Widget.objects.order_by("pk")] == [offers[arm.offer] for arm in shown]
    experiment.full_clean()
    for widget in Widget.objects.all():
        widget.full_clean()
    created = experiment.audit_entries.get()
    assert (created.action, created.detail) == (AuditAction.CREATED, {"template": key})


@pytest.mark.django_db
@pytest.mark.parametrize("key", list(templates()))
def test_no_template_trips_its_own_checklist(key):
    store, template = factories.make_store(), templates()[key]
    offers = [factories.make_offer(store) for _ in range(template.offers)]
    experiment = create_draft(template, store, new(offers=offers, planned_sample=4_000), actor="ada")
    now = timezone.now()
    seen = Count(1, now, now)
    decision_counts.add({CountKey(store.pk, now.date(), template.moment, None, "no_experiment"): seen})
    factories.make_order(store, visitor_id="v_1", placed_at=now)
    Experiment.objects.update(previewed_at=now)
    experiment.refresh_from_db()
    standing = {check.code: check.state for check in checklist(experiment, now) if check.state != "pass"}
    assert standing == ({"delivery": "fail"} if template.moment == Moment.FOLLOW_UP else {})


@pytest.mark.django_db
def test_draft_at_follow_up_is_not_launched_or_scheduled_whatever_the_reason():
    store = factories.make_store()
    draft = create_draft(
        templates()["follow-up-renewal"], store, new(offers=[factories.make_offer(store)]), actor="ada"
    )
    with pytest.raises(LaunchRefused, match="no visitor would see the offer"):
        launch(experiment=draft, actor="ada", override_reason="I know")
    with pytest.raises(LifecycleError, match="assigns visitors, and emails reach only customers"):
        lifecycle.start(experiment=draft, actor="ada")
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


@pytest.mark.django_db
def test_draft_without_offers_has_its_variants_and_the_checklist_says_what_is_missing():
    store = factories.make_store()
    experiment = create_draft(templates()["price"], store, new(), actor="ada")
    assert [variant.key for variant in experiment.variants.all()] == ["control", "price-a", "price-b"]
    assert "widget" in {check.code for check in checklist(experiment, timezone.now()) if check.state == "fail"}


@pytest.mark.django_db
def test_draft_with_another_stores_offer_or_a_taken_key_is_refused():
    store = factories.make_store()
    foreign = factories.make_offer(factories.make_store())
    template = templates()["offer-or-nothing"]
    with pytest.raises(ValueError, match="another store"):
        create_draft(template, store, new(offers=[foreign]), actor="ada")
    factories.make_experiment(store, key="new")
    with pytest.raises(IntegrityError):
        create_draft(template, store, new(), actor="ada")
    assert Experiment.objects.filter(store=store).count() == 1


@pytest.mark.django_db
def test_draft_is_adjusted_by_all_that_is_known_unless_some_of_it_is_chosen():
    store, template = factories.make_store(), next(iter(templates().values()))
    assert create_draft(template, store, new(), actor="ada").covariates == Covariate.values
    chosen = DraftChoices(key="other", name="Other", covariates=["device"])
    assert create_draft(template, store, chosen, actor="ada").covariates == ["device"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key", "sold"),
    [
        ("curated-or-recommended", {"curated": ("best", "pinned"), "recommended": ("best", "counted")}),
        ("one-or-two", {"one": ("best", ""), "two": ("both", "")}),
    ],
)
def test_templates_of_pairs_sell_the_stores_own_where_it_has_pairs_for_both(key, sold):
    store = factories.make_store()
    tea, cup, pot = (factories.make_product(store) for _ in range(3))
    write_lists(store, lists_of([(tea.pk, cup.pk, 0.5), (tea.pk, pot.pk, 0.4)]))
    create_draft(templates()[key], store, new(), actor="mia")
    assert Widget.objects.exists() == (key == "one-or-two")  # nothing is pinned yet
    ChosenPair.objects.create(store=store, product=tea, suggested=pot)
    draft = create_draft(templates()[key], store, DraftChoices(key="later", name="Later"), actor="mia")
    widgets = Widget.objects.filter(variant__experiment=draft).select_related("variant", "offer")
    assert {row.variant.key: (row.offer.pairing, row.offer.pair_source) for row in widgets} == sold
    assert [check.state for check in checklist(draft, timezone.now()) if check.code == "pairs"] == ["pass"]
    create_draft(templates()[key], store, DraftChoices(key="third", name="Third"), actor="mia")
    assert Offer.objects.count() == 2  # the same ones again
