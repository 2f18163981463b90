"""Settings in words."""

from dashboard.report.settings import settings_of
from experiments.models import Experiment, Source, Store


def test_settings_say_what_was_chosen():
    experiment = Experiment(store=Store(currency="EUR"), cap_minor=50_000, planned_sample=8000, traffic_share=0.25)
    shown = dict(settings_of(experiment))
    assert shown["Goal"] == "Revenue per visitor"
    assert shown["Guardrails and their margins"] == "Conversion \N{MINUS SIGN}2%"
    assert shown["Order values capped at"] == "€500.00"
    assert shown["Planned visitors per variant"] == "8,000"
    assert shown["Traffic"] == "25%"
    assert shown["Visitors who take part"] == "everyone"


def test_settings_targeting_is_a_sentence_in_the_stores_currency():
    experiment = Experiment(
        store=Store(currency="EUR"), targeting={"field": "cart_value_minor", "op": "at_least", "value": 5000}
    )
    assert dict(settings_of(experiment))["Visitors who take part"] == "cart value is at least €50.00"


def test_settings_unreadable_targeting_says_so():
    experiment = Experiment(store=Store(currency="EUR"), targeting={"field": "moon"})
    assert "can't be read" in dict(settings_of(experiment))["Visitors who take part"]


def test_settings_of_an_imported_test_leave_out_what_never_applied():
    experiment = Experiment(store=Store(currency="EUR"), source=Source.IMPORTED)
    shown = dict(settings_of(experiment))
    assert shown["Order values capped at"] == "No cap"
    assert not {"Traffic", "Planned looks", "Shortest runtime", "Pauses automatically on harm"} & set(shown)


def test_settings_have_a_margin_in_points_where_the_metric_is_read_in_points():
    guardrails = [{"metric": "refunded_share", "margin": 0.01}, {"metric": "conversion", "margin": 0}]
    shown = dict(settings_of(Experiment(store=Store(currency="EUR"), guardrails=guardrails)))
    assert shown["Guardrails and their margins"] == "Refunded share of buyers +1 pt, Conversion 0%"
