"""Texts of tests on customers speak of customers, and nothing else in them changes."""

import pytest
from django.utils.translation import override

from experiments.snapshots import analyse
from experiments.unit_words import page_with_word, with_word
from tests import factories
from tests.experiments.accounting.customers_of_orders import reach
from tests.factories import NOON


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Visitors: 12 visitors, revenue per visitor.", "Customers: 12 customers, revenue per customer."),
        ("Use the cart value", "Use the value of the order before"),
        ("orders_per_visitor /visitors/export visitor-a", "orders_per_visitor /visitors/export visitor-a"),
    ],
)
def test_word_is_changed_in_sentences_and_not_in_codes(text, said):
    assert with_word(text) == said


def test_page_changes_its_texts_and_what_is_read_aloud_and_leaves_what_somebody_typed():
    html = (
        '<p class="visitor" title="All visitors">Visitors: <b translate="no">visitor <i>ours</i></b> a visitor</p>'
        '<img alt="visitors"><code>visitor</code><script>visitor</script>'
    )
    assert page_with_word(html) == (
        '<p class="visitor" title="All customers">Customers: <b translate="no">visitor <i>ours</i></b> a customer</p>'
        '<img alt="customers"><code>visitor</code><script>visitor</script>'
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Umsatz pro Besucher", "Umsatz pro Kunde"),
        ("Der erste Besucher erscheint", "Der erste Kunde erscheint"),
        ("aber kein Besucher hat bestellt", "aber kein Kunde hat bestellt"),
        ("1 Besucher", "1 Kunde"),
        ("11 Besucher, 2.301 Besucher", "11 Kunden, 2.301 Kunden"),
        ("von 1 Besucher ist", "von 1 Kunden ist"),
        ("nur einen Besucher", "nur einen Kunden"),
        ("20 Besuchern, der Blick eines Besuchers", "20 Kunden, der Blick eines Kunden"),
        ("die Besucher-ID, Shopbesucher", "die Besucher-ID, Shopbesucher"),
        ("Den Warenkorbwert verwenden", "Den Wert der vorigen Bestellung verwenden"),
    ],
)
def test_german_bends_the_word(text, said):
    with override("de"):
        assert with_word(text) == said


def test_other_languages_stay_as_their_translators_wrote_them():
    with override("fr"):
        assert with_word("visitors") == "visitors"


@pytest.mark.django_db
def test_report_of_customers_has_no_sentence_about_visitors_and_keeps_its_codes():
    experiment = factories.make_customer_experiment()
    for number in range(8):
        reach(experiment.variants.get(key=("control", "treatment")[number % 2]), f"i_{number}")
    report = analyse(experiment, now=NOON)
    assert "visitor" not in str(report.verdict).lower().replace("orders_per_visitor", "")
    assert {metric.metric for metric in report.metrics} >= {"rpv", "orders_per_visitor"}
    assert [metric.label for metric in report.metrics if metric.metric == "rpv"] == ["Revenue per customer"]
