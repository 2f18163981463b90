"""Every field of a test and of what it shows is covered by an approval, or here is why it isn't."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from checkout_widgets.models import NextWidget, Offer, OfferItem, OfferTier, ShopperAnswer, Widget
from experiments.models import (
    ApprovedStep,
    ChosenMetric,
    CustomMetric,
    Experiment,
    Status,
    Variant,
)
from experiments.running.approvals import covered
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db

NAMES = "only tells people which it is"
SET_ONCE = "set when the row is made; no page changes it"
BY_ITSELF = "changes by itself: the launch, the worker, or the steps of a test's life set it"
OF_THE_END = "written when the test is concluded, which has an approval of its own"
COUNTED = "counted by the worker, from orders"
IS_FIXED_LATER = "empty until the launch, which fixes what the metric means by then"
NOT_COVERED: dict[type[models.Model], dict[str, str]] = {
    Experiment: {
        **dict.fromkeys(("store", "key", "unit", "source", "has_told_weights", "salt", "created_at"), SET_ONCE),
        **dict.fromkeys(("name", "hypothesis", "owner", "tags"), NAMES),
        **dict.fromkeys(("status", "ramp_step", "ramped_at", "started_at", "ended_at", "updated_at"), BY_ITSELF),
        **dict.fromkeys(("is_cap_awaited", "plan_version", "day_zone", "delays", "learnt_prior"), BY_ITSELF),
        "previewed_at": BY_ITSELF,
        **dict.fromkeys(("decision", "rolled_out_variant", "learning", "next_step"), OF_THE_END),
    },
    Variant: {"name": NAMES},
    Widget: {"updated_at": BY_ITSELF},
    NextWidget: {"updated_at": BY_ITSELF},
    Offer: {
        "updated_at": BY_ITSELF,
        **dict.fromkeys(("recent_orders", "owners", "owners_with", "untrue_claims"), COUNTED),
    },
    OfferItem: {"reference_minor": "what it cost before, by the law's rule; the worker computes it"},
    OfferTier: {},
    CustomMetric: {
        **dict.fromkeys(("store", "created_by", "created_at"), SET_ONCE),
        "name": NAMES,
        **dict.fromkeys(("version", "updated_at"), BY_ITSELF),
        "archived_at": "an archived metric is taken from drafts",
    },
    ChosenMetric: {
        **dict.fromkeys(("name", "counted", "version", "skus", "fixed_at"), IS_FIXED_LATER),
    },
}


@pytest.fixture
def experiment() -> Experiment:
    """A draft with everything that a test can have, and beside it another row of everything to point at."""
    store = factories.make_store()
    factories.make_user(store)
    cup, pot, jug = (factories.make_product(store, sku=sku) for sku in ("cup", "pot", "jug"))
    experiment = factories.make_experiment(
        store, treatments=3, status=Status.DRAFT, started_at=None, starts_at=NOON, ends_at=NOON, cap_minor=5_000
    )
    first, second, third = experiment.variants.filter(is_control=False)
    quote = {"quote_text": "Good", "quote_name": "Ada", "quote_source": "A site", "quote_date": date(2026, 11, 1)}
    offer = factories.make_offer(store, cup, pot, key="both", replaces=jug, share_of=jug, **quote)
    offer.items.filter(product=pot).update(position=1)
    OfferTier.objects.create(offer=offer, quantity=2, price_minor=900)
    pairs = factories.make_offer(store, key="pairs", pairing="best", price_minor=0)
    factories.make_widget(first, offer)
    factories.make_widget(second, pairs)
    factories.make_next_widget(first, ShopperAnswer.ACCEPTED, pairs)
    Variant.objects.filter(pk=third.pk).update(is_page_own=True, description="A banner")
    metrics = [
        CustomMetric.objects.create(store=store, key=key, name=key, skus=[key], created_by="ada")
        for key in ("cup", "pot")
    ]
    ChosenMetric.objects.create(experiment=experiment, metric=metrics[0])
    factories.make_experiment(factories.make_store(), status=Status.DRAFT)
    return experiment


def another(field: Any, value: Any) -> Any:
    """A value that the field doesn't have."""
    if field.is_relation:
        return field.related_model._base_manager.exclude(pk=value).order_by("-pk").values_list("pk", flat=True).first()
    if field.choices:
        return next(choice for choice, _label in field.flatchoices if choice not in (value, ""))
    return another_of_type(field, value)


def another_of_type(field: Any, value: Any) -> Any:
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.DateField):
        return (value or NOON) + timedelta(days=1)
    if isinstance(field, models.FloatField):
        return value / 2
    if isinstance(field, models.IntegerField):
        return (value or 0) + 5
    if isinstance(field, models.CharField | models.TextField):
        return f"{value[:-1]}z"
    return ["zz"]  # of lists and of JSON


def covers(experiment: Experiment) -> dict[str, str]:
    digests = covered.digests(Experiment.objects.get(pk=experiment.pk))
    return {part: digests[part] for part in covered.PARTS[ApprovedStep.LAUNCH]}


def is_covered(field: Any, experiment: Experiment) -> bool:
    """Whether another value of the field, in any row, is another test to an approval; each change is undone."""
    before, tried = covers(experiment), 0
    for pk, value in field.model._base_manager.values_list("pk", field.attname):
        savepoint = transaction.savepoint()
        try:
            with transaction.atomic():
                field.model._base_manager.filter(pk=pk).update(**{field.attname: another(field, value)})
        except IntegrityError:
            continue  # such a row can't have it
        tried += 1
        after = covers(experiment)
        transaction.savepoint_rollback(savepoint)
        if after != before:
            return True
    assert tried, f"no row can have another {field}"
    return False


@pytest.mark.parametrize("model", NOT_COVERED, ids=lambda model: model.__name__)
def test_every_field_is_covered_but_those_with_a_reason(experiment, model):
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    left_out = {field.name for field in fields if not is_covered(field, experiment)}
    assert left_out == NOT_COVERED[model].keys()
