"""What has to be right before a test starts."""

from datetime import timedelta

import pytest

from checkout_widgets.launching import Check, checklist, launch
from checkout_widgets.models import Offer, Widget
from checkout_widgets.models.offer import OfferTier
from experiments.models import Experiment, Source, Status, Variant
from tests import factories
from tests.checkout_widgets.launching.drafts import ready
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def by_code(experiment: Experiment) -> dict[str, Check]:
    return {check.code: check for check in checklist(experiment, NOON)}


def test_checklist_of_a_test_that_is_ready_passes_with_every_point():
    checks = by_code(ready())
    assert {check.code: check.state for check in checks.values() if check.state != "pass"} == {}
    assert set(checks) == {
        "control", "weights", "widget", "offer", "copy", "sample", "cap", "guardrails", "snippet", "orders", "clash",
        "preview",
    }  # fmt: skip


def test_every_point_that_does_not_pass_has_a_fix():
    experiment = factories.make_experiment(status=Status.DRAFT, guardrails=[])
    points = [check for check in checklist(experiment, NOON) if check.state != "pass"]
    assert len(points) >= 6
    assert all(check.fix for check in points)


def test_control_or_treatment_missing_blocks():
    experiment = ready()
    experiment.variants.filter(is_control=True).delete()
    assert by_code(experiment)["control"].state == "fail"
    experiment.variants.all().delete()
    assert "There is no treatment" in by_code(experiment)["control"].text
    assert by_code(ready(source=Source.IMPORTED))["source"].state == "fail"


def test_weights_that_starve_a_variant_warn():
    experiment = ready()
    experiment.variants.filter(is_control=True).update(weight=19)
    check = by_code(experiment)["weights"]
    assert (check.state, check.text) == ("warn", "One variant gets only 5% of the visitors")


def test_treatment_without_widget_blocks():
    experiment = ready()
    Variant.objects.create(experiment=experiment, key="bare", name="Bare one")
    check = by_code(experiment)["widget"]
    assert (check.state, check.text) == ("fail", "Bare one has no widget yet")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"currency": "USD"}, "priced in USD"),
        ({"is_active": False}, "switched off"),
        ({"ends_at": NOON}, "outside its dates"),
        ({"stock_limit": 0}, "out of stock"),
    ],
    ids=["currency", "inactive", "ended", "sold out"],
)
def test_offer_that_cannot_be_had_blocks(change, words):
    experiment = ready()
    Offer.objects.update(**change)
    check = by_code(experiment)["offer"]
    assert check.state == "fail"
    assert words in check.text


@pytest.mark.parametrize("layout", ["comparison", "quantity_break", "free_shipping"])
def test_layout_without_what_it_draws_blocks_also_on_phones(layout):
    experiment = ready()
    Widget.objects.update(phone_layout=layout)
    assert by_code(experiment)["layout"].state == "fail"
    store = experiment.store
    store.free_shipping_minor = 5_000
    store.save()
    rows = {"columns": ["A", "B"], "rows": [{"label": "Battery", "values": ["1", "2"]}]}
    Widget.objects.update(comparison=rows)
    OfferTier.objects.create(offer=Offer.objects.get(), quantity=2, price_minor=1_800)
    assert "layout" not in by_code(Experiment.objects.get(pk=experiment.pk))


def test_copy_that_one_treatment_lacks_warns():
    experiment = ready(treatments=2)
    Widget.objects.update(translations={"de": {"headline": "Passt zum Tee"}})
    factories.make_widget(experiment.variants.get(key="treatment-2"))
    check = by_code(experiment)["copy"]
    assert (check.state, check.text) == ("warn", "Treatment 2 has no copy in German")


def test_targeting_that_cannot_be_read_blocks():
    assert by_code(ready(targeting={"field": "moon", "op": "is", "value": "full"}))["targeting"].state == "fail"


@pytest.mark.parametrize(
    ("plan", "state"),
    [
        ({"planned_sample": None}, "warn"),
        ({"planned_days": 7}, "warn"),
        ({"planned_days": 16}, "warn"),
        ({"planned_days": 21}, "pass"),
    ],
    ids=["no sample", "one week", "broken weeks", "three weeks"],
)
def test_plan_is_in_whole_weeks_with_a_sample(plan, state):
    assert by_code(ready(**plan))["sample"].state == state


@pytest.mark.slow
def test_cap_is_said_before_the_launch_that_fixes_it():
    experiment = ready()
    awaited = "The store's first 200 orders set the cap on order values (1 so far); results appear after that"
    before = NOON + timedelta(minutes=1)
    assert {check.code: check for check in checklist(experiment, before)}["cap"].text == awaited
    for number in range(199):
        factories.make_order(experiment.store, visitor_id="v_1", subtotal_minor=5_000 + number, total_minor=9_000)
    check = {check.code: check for check in checklist(experiment, before)}["cap"]
    assert check.state == "pass"
    assert check.text == "Order values are capped at €51.96: 99% of the last 200 orders were worth less"
    launch(experiment=experiment, actor="ada", now=before)
    assert experiment.cap_minor == 5_196  # of 5000, 5000, 5001 ... 5198: 5000 + 0.99 x 199 - 1, rounded
    by_hand = by_code(ready(cap_minor=12_345))["cap"]
    assert by_hand.text == "Order values are capped at €123.45, as set in the draft"


def test_snippet_that_was_not_seen_there_lately_warns():
    experiment = ready()
    assert {check.code: check for check in checklist(experiment, NOON + timedelta(days=2))}["snippet"].state == "warn"
    experiment.moment = "payment"
    check = by_code(experiment)["snippet"]
    assert (check.state, check.text) == ("warn", "The snippet has never been seen at this moment (payment)")


def test_orders_that_do_not_say_whose_they_are_warn():
    experiment = ready()
    factories.make_order(experiment.store)
    check = by_code(experiment)["orders"]
    assert (check.state, check.text) == ("warn", "50% of last week's orders don't say which visitor placed them")
    assert by_code(ready())["orders"].state == "pass"


def test_another_test_that_takes_every_visitor_blocks_and_one_that_shares_warns():
    experiment = ready()
    other = factories.make_experiment(experiment.store, name="First one", priority=5)
    assert by_code(experiment)["clash"].text == "First one takes every visitor at this moment"
    assert by_code(experiment)["clash"].state == "fail"
    other.traffic_share = 0.5
    other.save()
    assert by_code(experiment)["clash"].state == "warn"
    other.status = Status.STOPPED
    other.save()
    assert by_code(experiment)["clash"].state == "pass"


def test_preview_older_than_the_last_change_warns():
    experiment = ready()
    Widget.objects.update(updated_at=NOON + timedelta(minutes=1))
    assert by_code(experiment)["preview"].text == "The test changed after the last preview"


def test_checklist_takes_the_same_number_of_queries_however_many_variants(django_assert_max_num_queries):
    experiment = ready(treatments=5)
    for variant in experiment.variants.filter(is_control=False).exclude(key="treatment"):
        factories.make_widget(variant, Offer.objects.get())
    with django_assert_max_num_queries(17):
        checklist(experiment, NOON)
