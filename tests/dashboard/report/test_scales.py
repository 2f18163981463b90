"""Effects told as differences and as what they come to in a month."""

from dashboard.report.rows import metric_table
from dashboard.report.scales import EffectScale, ScaledReading
from experiments.report import Range
from tests.dashboard.report.reports import make_report, make_result

LIFT = Range(0.1, 0.05, 0.15)


def reading(key: str, visitors: float | None = 1000, metric: str = "rpv") -> ScaledReading:
    return EffectScale(key, "EUR", visitors).reading_of(make_result(metric, lift=LIFT))


def test_absolute_effect_is_in_the_metrics_unit():
    told = reading("absolute")
    assert (told.text, told.range_text, told.tone) == ("+€0.10", "+€0.05 to +€0.15", "good")


def test_monthly_effect_is_the_difference_times_a_months_visitors():
    told = reading("monthly")
    assert told.interval == Range(10_000.0, 5_000.0, 15_000.0)
    assert (told.text, told.range_text) == ("+€100.00", "+€50.00 to +€150.00")


def test_monthly_effect_of_a_mean_over_orders_means_nothing():
    assert reading("monthly", metric="aov").text == "\N{EM DASH}"


def test_monthly_effect_without_traffic_is_not_known():
    assert reading("monthly", visitors=None).text == "\N{EM DASH}"


def test_drawings_stay_those_of_lifts():
    result = make_result("rpv", lift=LIFT)
    plain = metric_table([result])
    told = metric_table([result], scale=EffectScale("absolute", make_report([result]).currency, None))
    assert told.rows[0].plot == plain.rows[0].plot
    assert (plain.head, told.head) == ("Lift", "Absolute")
