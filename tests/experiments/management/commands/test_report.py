"""``report`` prints what the analysis says, money in major units."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from experiments import formatting
from experiments.models import Experiment, Metric
from experiments.report.estimates import FinalEstimate
from experiments.snapshots import analyse
from tests import factories

pytestmark = pytest.mark.django_db

KEYS = [
    "metric",
    "variant",
    "control",
    "treatment",
    "difference",
    "difference_low",
    "difference_high",
    "lift",
    "lift_low",
    "lift_high",
    "p_value",
    "method",
    "unavailable",
    "final_control",
    "final_treatment",
    "final_lift",
    "final_lift_low",
    "final_lift_high",
]


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("report", *arguments, stdout=out)
    return out.getvalue()


def experiment_in(currency: str) -> Experiment:
    """40 visitors in each variant; 20 and 25 of them bought for 1,500 or 2,500 minor units."""
    experiment = factories.make_experiment(factories.make_store(slug="shop", currency=currency), key="cart")
    for key, buyers in (("control", 20), ("treatment", 25)):
        variant = experiment.variants.get(key=key)
        for number in range(40):
            bought = {"orders": 1, "has_converted": True, "revenue_minor": 1500 + 1000 * (number % 2)}
            factories.make_exposure(variant, **bought if number < buyers else {})
    return experiment


def shown(metric: str) -> FinalEstimate:
    """The one estimate of a metric that all pages show."""
    return analyse(Experiment.objects.get()).metric(metric, "treatment").shown


def lift_of(metric: str) -> str:
    lift = shown(metric).lift
    assert lift is not None
    return formatting.lift(lift.estimate)


@pytest.mark.parametrize(("currency", "unit"), [("EUR", 100), ("JPY", 1), ("KWD", 1000)])
def test_report_json_has_all_metrics_in_major_units(currency, unit):
    experiment_in(currency)
    exported = json.loads(run("cart", "--store=shop", "--json"))
    assert list(exported) == ["experiment", "metrics"]
    assert exported["experiment"] == "cart"
    assert all(list(metric) == KEYS for metric in exported["metrics"])
    found = {metric["metric"]: metric for metric in exported["metrics"]}
    assert set(found) == set(Metric) - {Metric.CANCELED_SHARE}
    control, treatment = 20 * 2000 / 40 / unit, (13 * 1500 + 12 * 2500) / 40 / unit
    assert found["rpv"]["control"] == pytest.approx(control)
    assert found["rpv"]["treatment"] == pytest.approx(treatment)
    assert found["rpv"]["lift"] == pytest.approx(treatment / control - 1)
    assert found["conversion"]["control"] == 0.5
    assert found["conversion"]["difference"] == pytest.approx(0.125)
    assert found["items_per_order"]["unavailable"] == "missing_sums"
    assert found["items_per_order"]["p_value"] is None


def test_report_json_of_an_empty_experiment_has_reasons():
    factories.make_experiment(factories.make_store(slug="shop"), key="cart")
    metrics = json.loads(run("cart", "--store=shop", "--json"))["metrics"]
    assert all(metric["unavailable"] and metric["lift"] is None for metric in metrics)


@pytest.mark.slow
def test_report_table_names_variants_verdict_and_rules():
    experiment_in("EUR")
    text = run("cart", "--store=shop")
    for part in ("Collecting: 20 of 100 buyers", "Control (control)", "Treatment", "€495.00", "10.00"):
        assert part in text
    assert lift_of("rpv") in text
    assert "pass  Traffic is split as planned" in text


@pytest.mark.slow
def test_report_table_shows_visitors_alone_until_the_cap_is_fixed():
    experiment = experiment_in("EUR")
    experiment.is_cap_awaited = True
    experiment.save()
    text = run("cart", "--store=shop")
    assert "Results appear after the store's first 200 orders: 0" in text
    assert "Control (control)" in text
    for part in ("Net revenue", "€495.00", "€400.00", "+23.8%", "Orders", "Metric"):
        assert part not in text


@pytest.mark.slow
def test_report_table_fits_80_columns_with_a_metric_on_each_line(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    experiment_in("EUR")
    lines = run("cart", "--store=shop").splitlines()
    assert max(len(line) for line in lines) <= 80
    (conversion,) = [line.split() for line in lines if line.startswith(" Conversion ")]
    conversion_shown = shown("conversion")
    written = [f"{conversion_shown.control:.2%}", f"{conversion_shown.treatment:.2%}"]
    assert conversion[1:4] == [*written, lift_of("conversion")]
    assert conversion[5] == "to"
    (items,) = [line.split() for line in lines if line.startswith(" Items per order ")]
    assert items[3:] == ["-", "-", "-", "-", "-"]
    assert any(line.startswith(" missing sums: Items per order") for line in lines)


@pytest.mark.parametrize(("revenue_minor", "digits"), [(100, 4), (200, 2), (0, 4)])
def test_report_table_money_below_one_has_four_decimals(revenue_minor, digits):
    experiment = experiment_in("EUR")
    experiment.exposures.filter(has_converted=True).update(revenue_minor=revenue_minor)
    (line,) = [line for line in run("cart", "--store=shop").splitlines() if line.startswith(" Revenue per visitor ")]
    values = line.split()[3:5]
    assert [len(value.partition(".")[2]) for value in values] == [digits, digits]
    assert float(values[0]) == revenue_minor / 200


def test_report_unknown_experiment_is_one_sentence():
    factories.make_store(slug="shop")
    with pytest.raises(CommandError, match="Store shop has no experiment 'cart'"):
        run("cart", "--store=shop")


@pytest.mark.slow
def test_report_full_has_the_sums_behind_every_number():
    experiment_in("EUR")
    report = json.loads(run("cart", "--store=shop", "--full"))
    assert {one["variant"] for one in report["sums"]} == {"control", "treatment"}
    treatment = next(one for one in report["sums"] if one["variant"] == "treatment")
    rpv = next(one for one in report["metrics"] if one["metric"] == "rpv")
    assert treatment["sums"]["revenue"] == rpv["treatment"]["numerator"]
    assert treatment["visitors"] == rpv["treatment"]["denominator"]
    assert report["plan"]["design"] == "always_valid"


def test_report_of_a_holdout_is_found_by_its_key():
    factories.make_holdout(factories.make_store(slug="tea"))
    output = io.StringIO()
    call_command("report", "holdout", store="tea", stdout=output)
    assert "offers" in output.getvalue()
