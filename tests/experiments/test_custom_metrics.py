"""A store's own metrics: what launched tests were given stays, whatever becomes of metric and catalog."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from checkout_widgets.launching import duplicate
from experiments import custom_metrics
from experiments.custom_metrics import MetricFields
from experiments.models import AuditEntry, ChosenMetric, CustomMetric, Experiment, Status, Store
from experiments.running import lifecycle
from experiments.running.lifecycle import LifecycleError
from tests import factories

pytestmark = pytest.mark.django_db


def said(**fields: Any) -> MetricFields:
    defaults: dict[str, Any] = {"name": "Revenue from pots", "counted": "revenue", "skus": ["pot"], "categories": []}
    return MetricFields(**defaults | fields)


@pytest.fixture
def store() -> Store:
    return factories.make_store()


@pytest.fixture
def draft(store: Store) -> Experiment:
    return factories.make_experiment(store, key="cart", status=Status.DRAFT, started_at=None)


def launched_with(draft: Experiment, metric: CustomMetric) -> ChosenMetric:
    custom_metrics.choose(draft, [metric], actor="ada")
    lifecycle.start(experiment=draft, actor="ada")
    return ChosenMetric.objects.get(experiment=draft)


def test_defined_metric_has_a_key_of_its_name_that_no_other_has(store):
    keys = [custom_metrics.define(store, said(), actor="ada").key for _ in range(3)]
    assert keys == ["revenue-from-pots", "revenue-from-pots-2", "revenue-from-pots-3"]
    assert custom_metrics.define(store, said(name="花瓶"), actor="ada").code == "custom-metric"
    entry = AuditEntry.objects.order_by("pk")[0]
    assert (entry.action, entry.actor, entry.experiment) == ("metric_created", "ada", None)
    assert entry.detail["skus"] == ["pot"]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"counted": "joy"}, "counted"),
        ({"skus": []}, "skus"),
        ({"skus": [f"sku-{number}" for number in range(2_001)]}, "skus"),
    ],
)
def test_metric_that_can_not_be_is_refused_by_its_field(store, fields, place):
    with pytest.raises(ValidationError) as refused:
        custom_metrics.define(store, said(**fields), actor="ada")
    assert set(refused.value.message_dict) == {place}
    assert not CustomMetric.objects.exists()


def test_store_has_room_for_50_metrics_that_are_not_archived(store, monkeypatch):
    monkeypatch.setattr(custom_metrics, "MOST_PER_STORE", 2)
    first, second = (custom_metrics.define(store, said(), actor="ada") for _ in range(2))
    with pytest.raises(ValidationError, match="at most 2"):
        custom_metrics.define(store, said(), actor="ada")
    custom_metrics.archive(first, actor="ada")
    custom_metrics.define(store, said(), actor="ada")
    with pytest.raises(ValidationError, match="at most 2"):
        custom_metrics.restore(first, actor="ada")
    custom_metrics.archive(second, actor="ada")
    custom_metrics.restore(first, actor="ada")
    assert store.custom_metrics.active().count() == 2


def test_launch_fixes_the_products_of_categories(store, draft):
    factories.make_product(store, sku="b", category="Pots")
    factories.make_product(store, sku="a", category="Pots")
    factories.make_product(store, sku="c", category="Cups")
    factories.make_product(factories.make_store(), sku="foreign", category="Pots")
    chosen = launched_with(draft, custom_metrics.define(store, said(categories=["Pots"]), actor="ada"))
    assert (chosen.skus, chosen.name, chosen.version) == (["a", "b", "pot"], "Revenue from pots", 1)
    factories.make_product(store, sku="d", category="Pots")
    chosen.refresh_from_db()
    assert chosen.skus == ["a", "b", "pot"]


def test_change_of_a_metric_in_use_is_a_new_version_and_the_test_keeps_its_meaning(store, draft):
    metric = custom_metrics.define(store, said(), actor="ada")
    assert custom_metrics.change(metric, said(skus=["cup"]), actor="bo")
    assert metric.version == 1  # no test has it yet
    chosen = launched_with(draft, metric)
    assert custom_metrics.change(metric, said(skus=["cup", "pot"]), actor="bo")
    assert metric.version == 2
    chosen.refresh_from_db()
    assert (chosen.skus, chosen.version) == (["cup"], 1)
    assert AuditEntry.objects.latest("pk").detail == {
        "metric_key": metric.key,
        "skus": [["cup"], ["cup", "pot"]],
        "version": [1, 2],
    }
    assert custom_metrics.change(metric, said(name="Pots", skus=["cup", "pot"]), actor="bo")
    assert metric.version == 2  # another name is no other meaning
    assert not custom_metrics.change(metric, said(name="Pots", skus=["cup", "pot"]), actor="bo")


def test_metrics_are_chosen_before_the_launch_alone(store, draft):
    metric = custom_metrics.define(store, said(), actor="ada")
    assert custom_metrics.choose(draft, [metric], actor="ada")
    assert not custom_metrics.choose(draft, [metric], actor="ada")
    assert AuditEntry.objects.latest("pk").detail == {"custom_metrics": [[], ["Revenue from pots"]]}
    lifecycle.start(experiment=draft, actor="ada")
    with pytest.raises(ValidationError, match="only before the launch"):
        custom_metrics.choose(draft, [], actor="ada")
    assert ChosenMetric.objects.fixed().count() == 1


def test_choice_of_too_many_foreign_or_archived_metrics_is_refused(store, draft, monkeypatch):
    monkeypatch.setattr(custom_metrics, "MOST_PER_TEST", 1)
    own = [custom_metrics.define(store, said(), actor="ada") for _ in range(2)]
    foreign = custom_metrics.define(factories.make_store(), said(), actor="ada")
    with pytest.raises(ValidationError, match="at most 1"):
        custom_metrics.choose(draft, own, actor="ada")
    with pytest.raises(ValidationError, match="no such metric"):
        custom_metrics.choose(draft, [foreign], actor="ada")
    custom_metrics.archive(own[0], actor="ada")
    with pytest.raises(ValidationError, match="no such metric"):
        custom_metrics.choose(draft, own[:1], actor="ada")
    assert not ChosenMetric.objects.exists()


def test_test_whose_metric_has_no_products_does_not_start(store, draft):
    metric = custom_metrics.define(store, said(skus=[], categories=["Gone"]), actor="ada")
    custom_metrics.choose(draft, [metric], actor="ada")
    with pytest.raises(LifecycleError, match="has no products") as refused:
        lifecycle.start(experiment=draft, actor="ada")
    assert refused.value.code == "custom_metric"
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_archived_metric_leaves_drafts_and_stays_with_launched_tests(store, draft):
    metric = custom_metrics.define(store, said(), actor="ada")
    launched_with(draft, metric)
    other = factories.make_experiment(store, status=Status.DRAFT, started_at=None)
    custom_metrics.choose(other, [metric], actor="ada")
    custom_metrics.archive(metric, actor="ada")
    assert list(ChosenMetric.objects.values_list("experiment__key", flat=True)) == ["cart"]


def test_duplicate_has_the_metrics_as_they_mean_now(store, draft):
    metric = custom_metrics.define(store, said(), actor="ada")
    launched_with(draft, metric)
    copy = duplicate(experiment=draft, actor="ada")
    (chosen,) = copy.chosen_metrics.all()
    assert (chosen.metric, chosen.fixed_at, chosen.skus) == (metric, None, [])


def test_store_is_deleted_with_its_metrics(store, draft):
    launched_with(draft, custom_metrics.define(store, said(), actor="ada"))
    store.delete()
    assert not CustomMetric.objects.exists()
