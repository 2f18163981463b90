"""An imported experiment holds exactly what its file says."""

import pytest

from experiments.models import (
    Experiment,
    Exposure,
    ExposureDay,
    Snapshot,
    Source,
    Status,
    Store,
    TouchedDay,
)
from experiments.report import Report
from experiments.tables import BadFile
from tests import factories
from tests.experiments.imports.importing import ROWS, run

pytestmark = pytest.mark.django_db


def stored() -> set[tuple[object, ...]]:
    return set(
        Exposure.objects.values_list(
            "visitor_id", "variant__key", "orders", "revenue_minor", "has_converted", "segments__channel"
        )
    )


EXPECTED = {
    ("u1", "a", 0, 0, False, "Web"),
    ("u2", "b", 1, 1234, True, "Web"),
    ("u3", "b", 2, 500, True, "Shop"),
    ("u4", "a", 1, 750, True, None),
}


def test_import_new_makes_store_experiment_variants_and_exposures():
    result = run()
    assert (result.units, result.added, result.changed, result.removed) == (4, 4, 0, 0)
    store, experiment = Store.objects.get(), Experiment.objects.get()
    assert (store.slug, store.name, store.currency) == ("shop", "Shop", "USD")
    assert (experiment.key, experiment.name, experiment.source, experiment.status) == (
        "mail",
        "Mail",
        Source.IMPORTED,
        Status.CONCLUDED,
    )
    assert list(experiment.variants.values_list("key", "name", "is_control")) == [("a", "A", True), ("b", "B", False)]
    assert stored() == EXPECTED
    assert experiment.started_at == experiment.ended_at == Exposure.objects.values_list("exposed_at", flat=True)[0]


def test_import_stores_its_report():
    run()
    report = Report.from_json(Snapshot.objects.get().report)
    assert [(one.key, one.visitors, one.orders) for one in report.variants] == [("a", 2, 1), ("b", 2, 3)]


def test_import_leaves_no_day_to_add_up():
    run()
    assert ExposureDay.objects.filter(experiment__key="mail", dimension="").exists()
    assert not TouchedDay.objects.exists()


def test_import_again_changes_nothing():
    run()
    before = list(Exposure.objects.order_by("visitor_id").values())
    result = run()
    assert (result.units, result.added, result.changed, result.removed) == (4, 0, 0, 0)
    assert list(Exposure.objects.order_by("visitor_id").values()) == before
    assert Experiment.objects.count() == Store.objects.count() == Snapshot.objects.count() == 1


def test_import_changed_file_updates_adds_and_removes():
    run()
    result = run(["u1,A,0,0,Web", "u2,A,12.34,1,Web", "u5,C,1,1,Web"])
    assert (result.added, result.changed, result.removed) == (1, 1, 2)
    assert stored() == {EXPECTED_U1, ("u2", "a", 1, 1234, True, "Web"), ("u5", "c", 1, 100, True, "Web")}
    assert set(Experiment.objects.get().variants.values_list("key", flat=True)) == {"a", "c"}


EXPECTED_U1 = ("u1", "a", 0, 0, False, "Web")


def test_import_other_control_moves_it():
    run()
    run(control="B", name="Mail test")
    experiment = Experiment.objects.get()
    assert experiment.variants.get(is_control=True).key == "b"
    assert experiment.name == "Mail test"


def test_import_bad_row_imports_nothing():
    with pytest.raises(
        BadFile, match=r"1 row has an error.*skip the rows with errors.\n  row 3: spend 'x' is not a number"
    ):
        run([*ROWS[:2], "u3,B,x,2,Shop", ROWS[3]])
    assert not Store.objects.exists()


def test_import_many_bad_rows_are_counted_and_few_shown():
    with pytest.raises(BadFile) as refused:
        run([f"u{number},A,x,1,Web" for number in range(30)])
    text = str(refused.value)
    assert "30 rows have errors" in text
    assert text.count("is not a number") == 20
    assert text.endswith("and 10 more")


def test_import_bad_rows_skipped_are_reported():
    result = run([*ROWS[:2], "u3,B,x,2,Shop", ROWS[3]], is_skipping_bad_rows=True)
    assert (result.units, result.bad_rows) == (3, 1)
    assert result.errors[0].startswith("row 3: spend 'x' is not a number: write it like 1234.50")
    assert stored() == {row for row in EXPECTED if row[0] != "u3"}


def test_import_into_a_store_uses_its_currency():
    factories.make_store(slug="shop", currency="JPY")
    run(["u1,A,1200,1,Web", "u2,B,0,0,Web"])
    assert Exposure.objects.get(visitor_id="u1").revenue_minor == 1200


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"control": "Z"}, "No row has the control 'Z'; the variants are A, B."),
        ({"rows": ROWS[:1]}, "2 to 6 variants; the variant column has 1 values"),
        ({"rows": [f"u{n},{chr(65 + n)},0,0,Web" for n in range(7)]}, "2 to 6 variants; the variant column has 7"),
        ({"rows": []}, "The file has no row to import."),
        ({"currency": "dollars"}, "--currency 'dollars' must be an ISO 4217 code"),
        ({"store_slug": "no slug!"}, "--store 'no slug!' must be letters"),
        ({"key": ""}, "--key '' must be letters"),
        ({"name": "n" * 201}, "--name must be 200 characters"),
    ],
)
def test_import_asked_wrongly_says_what_to_change(options, message):
    with pytest.raises(BadFile) as refused:
        run(**options)
    assert message in str(refused.value)
    assert not Store.objects.exists()


def test_import_other_currency_than_the_stores_is_refused():
    factories.make_store(slug="shop", currency="EUR")
    with pytest.raises(BadFile, match="sells in EUR, not USD"):
        run(currency="USD")


def test_import_over_a_live_experiment_is_refused():
    experiment = factories.make_experiment(factories.make_store(slug="shop"), key="mail")
    with pytest.raises(BadFile, match="served live"):
        run()
    assert not Exposure.objects.filter(experiment=experiment).exists()


def uneven(treated: int) -> list[str]:
    return [f"c{number},A,0,0,Web" for number in range(200)] + [f"t{number},B,0,0,Web" for number in range(treated)]


def split() -> tuple[bool, str, str]:
    report = Report.from_json(Snapshot.objects.latest("pk").report)
    rule = next(rule for rule in report.verdict.rules if rule.code == "sample_ratio")
    return report.health.sample_ratio.is_alarming, rule.state, rule.text


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        (None, (False, "warn", "Traffic is not split evenly. Ignore this only if that was planned")),
        ({"A": 2, "B": 3}, (False, "pass", "Traffic is split as planned")),
        ({"a": 1, "b": 1}, (True, "fail", "Traffic is not split as planned")),
        ({"A": 15, "b": 85}, (True, "fail", "Traffic is not split as planned")),
    ],
)
def test_import_split_is_checked_against_what_was_told(weights, expected):
    run(uneven(300), weights=weights)
    assert split() == expected


@pytest.mark.slow
def test_import_told_weights_stay_and_changed_ones_are_reported():
    run(uneven(300))
    run(uneven(300), weights={"A": 1, "B": 1})
    assert split()[0] is True
    run(uneven(310))
    assert split()[0] is True
    run(uneven(310), weights={"A": 2, "B": 3})
    assert split()[0] is False
    before = Snapshot.objects.count()
    run(uneven(310), weights={"A": 2, "B": 3})
    assert Snapshot.objects.count() == before


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ({"A": 1}, "--weights has no weight for 'B'"),
        ({"A": 1, "B": 1, "C": 1}, "--weights names 'C', which no row has; the variants are A, B"),
    ],
)
def test_import_weights_that_do_not_fit_are_refused(weights, words):
    with pytest.raises(BadFile, match=words):
        run(weights=weights)
    assert not Experiment.objects.exists()


def test_import_other_variants_than_those_whose_weights_were_told_are_refused():
    run(weights={"A": 1, "B": 1})
    with pytest.raises(BadFile, match="set their planned split again with --weights"):
        run([*ROWS, "u5,C,1,1,Web"])


def test_import_under_the_key_of_a_holdout_is_refused():
    factories.make_holdout(factories.make_store(slug="shop", currency="USD"))
    with pytest.raises(BadFile, match="choose another --key"):
        run(key="holdout")
