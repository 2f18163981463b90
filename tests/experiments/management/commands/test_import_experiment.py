"""The Hillstrom test imports whole, and its report shows what the file says."""

import csv
import gzip
import io
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from experiments.models import Experiment, Exposure

pytestmark = pytest.mark.django_db

HILLSTROM = Path(__file__).parents[4] / "demo/data" / "hillstrom.csv.gz"
OPTIONS = [
    "--store=hillstrom",
    "--key=hillstrom",
    "--name=Hillstrom e-mail test",
    "--variant=segment",
    "--control=No E-Mail",
    "--revenue=spend",
    "--orders=conversion",
    "--covariate=history",
    "--segment=channel",
    "--segment=newbie",
]


def output_of(*arguments: object) -> str:
    out = io.StringIO()
    call_command(*map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.mark.slow
def test_import_experiment_hillstrom_report_equals_the_file():
    visitors: Counter[str] = Counter()
    orders: Counter[str] = Counter()
    spend = {name: Decimal(0) for name in ("No E-Mail", "Mens E-Mail", "Womens E-Mail")}
    with gzip.open(HILLSTROM, "rt", newline="") as file:
        for row in csv.DictReader(file):
            visitors[row["segment"]] += 1
            orders[row["segment"]] += int(row["conversion"])
            spend[row["segment"]] += Decimal(row["spend"])

    assert "64,000 units (64,000 added" in output_of("import_experiment", HILLSTROM, *OPTIONS)
    assert "64,000 units (0 added, 0 changed, 0 removed)" in output_of("import_experiment", HILLSTROM, *OPTIONS)
    assert Exposure.objects.count() == sum(visitors.values()) == 64_000
    assert Experiment.objects.get().variants.count() == 3

    exported = json.loads(output_of("report", "hillstrom", "--store=hillstrom", "--without-cuped", "--json"))
    assert exported["experiment"] == "hillstrom"
    found = {(one["metric"], one["variant"]): one for one in exported["metrics"]}
    for key, name in (("mens-e-mail", "Mens E-Mail"), ("womens-e-mail", "Womens E-Mail")):
        expected = {
            "rpv": [float(spend[arm]) / visitors[arm] for arm in ("No E-Mail", name)],
            "aov": [float(spend[arm]) / orders[arm] for arm in ("No E-Mail", name)],
            "conversion": [orders[arm] / visitors[arm] for arm in ("No E-Mail", name)],
        }
        for metric, (control, treatment) in expected.items():
            one = found[metric, key]
            assert one["control"] == pytest.approx(control, rel=1e-12)
            assert one["treatment"] == pytest.approx(treatment, rel=1e-12)
            assert one["difference"] == pytest.approx(treatment - control, rel=1e-9)
            assert one["lift"] == pytest.approx(treatment / control - 1, rel=1e-9)
            assert one["lift_low"] < one["lift"] < one["lift_high"]
            assert one["unavailable"] is None
    assert round(found["rpv", "mens-e-mail"]["control"], 4) == 0.6528
    assert round(found["rpv", "mens-e-mail"]["treatment"], 4) == 1.4226
    assert round(found["rpv", "womens-e-mail"]["treatment"], 4) == 1.0772
    assert found["rpv", "mens-e-mail"]["p_value"] < 1e-4

    table = output_of("report", "hillstrom", "--store=hillstrom")
    # The table shows what is adjusted; what was observed is in the file above.
    for text in ("64,000 visitors", "122", "267", "189"):
        assert text in table


def test_import_experiment_bad_rows_skipped_are_listed(tmp_path):
    file = tmp_path / "units.csv"
    file.write_text("segment,spend,conversion\nA,1,1\nB,x,1\nB,2,1\n")
    arguments = ["import_experiment", file, "--store=s", "--key=k", "--variant=segment", "--control=A"]
    arguments += ["--revenue=spend", "--orders=conversion"]
    with pytest.raises(CommandError, match="row 2: spend 'x' is not a number"):
        output_of(*arguments)
    text = output_of(*arguments, "--skip-bad-rows")
    assert "2 units (2 added" in text
    assert "Skipped 1 bad row:\n  row 2: spend 'x' is not a number" in text


def test_import_experiment_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(CommandError, match=r"Can.t read .*nowhere.csv: No such file or directory\."):
        output_of("import_experiment", tmp_path / "nowhere.csv", *OPTIONS)


def test_import_experiment_takes_weights(tmp_path):
    file = tmp_path / "units.csv"
    file.write_text("segment;spend;conversion\ncontrol;1,50;1\nBig offer;2;1\n")
    arguments = ["import_experiment", file, "--store=s", "--key=k", "--variant=segment", "--control=control"]
    arguments += ["--revenue=spend", "--orders=conversion", "--weights"]
    assert "2 units (2 added" in output_of(*arguments, "control=15", "Big offer=85")
    assert list(Experiment.objects.get().variants.values_list("name", "weight")) == [("control", 15), ("Big offer", 85)]
    for wrong in ("control", "control=0", "control=1.5", "=3", "control=1_0"):
        with pytest.raises(CommandError, match="must be VARIANT=WEIGHT"):
            output_of(*arguments, wrong)
    with pytest.raises(CommandError, match="names control twice"):
        output_of(*arguments, "control=1", "control=2")
