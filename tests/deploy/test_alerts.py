"""The alert rules: on metrics that there are, each with what to do."""

import re
from typing import Any

import yaml

from tests.deploy.image import ROOT

RULES = ROOT / "deploy/prometheus/offerlift.rules.yaml"
SOURCES = ("dashboard/operations/collector.py", "checkout_widgets/edge/metrics.py")


def rules() -> list[dict[str, Any]]:
    read = yaml.safe_load(RULES.read_text())
    return [rule for group in read["groups"] for rule in group["rules"]]


def test_every_rule_is_on_metrics_that_console_or_edge_give():
    given = set(re.findall(r"offerlift_[a-z_]+", "".join((ROOT / name).read_text() for name in SOURCES)))
    for rule in rules():
        named = {name.removesuffix("_total") for name in re.findall(r"offerlift_[a-z_]+", rule["expr"])}
        assert named, rule["alert"]
        assert named <= {name.removesuffix("_total") for name in given}, rule["alert"]


def test_every_rule_says_what_is_wrong_and_what_to_do():
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names)) >= 8
    for rule in rules():
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert set(rule["annotations"]) == {"summary", "action"}
