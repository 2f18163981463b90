"""The public addresses are the documented ones."""

import json
import re
from pathlib import Path

import pytest

from checkout_widgets.edge.urls import urlpatterns
from experiments.models import DecisionReason

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "http-api.md").read_text()
CODE = re.compile(r'ApiError\(\s*\d+,\s*"(\w+)"|Rejected\("(\w+)"\)|OfferRefused\("(\w+)"|reason="(\w+)"')


@pytest.mark.parametrize("pattern", [str(pattern.pattern) for pattern in urlpatterns])
def test_every_address_is_documented(pattern):
    plain = re.sub(r"\(\?P(<\w+>)[^)]*\)", r"\1", pattern).strip("^$").replace("\\.", ".")
    address = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", plain)
    assert address == "/v1/<path>" or f"{address}`" in PAGE


def test_every_code_is_documented():
    files = [*(ROOT / "checkout_widgets" / "edge").glob("*.py"), ROOT / "checkout_widgets" / "acceptances.py"]
    codes = {code for file in files for found in CODE.findall(file.read_text()) for code in found if code}
    assert len(codes) >= 15
    assert [code for code in sorted(codes) if f"`{code}`" not in PAGE] == []


def test_every_reason_is_documented():
    arbiter = (ROOT / "checkout_widgets" / "edge" / "arbiter.py").read_text()
    reasons = set(re.findall(r'"((?!utm_)[a-z]+_[a-z_]+|bot|holdout|capped|friction|paused)"', arbiter))
    assert reasons | {"unknown_moment", "served"} == set(DecisionReason.values)
    assert [reason for reason in sorted(reasons) if f"| `{reason}` |" not in PAGE] == []


def test_examples_are_json():
    examples = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert len(examples) >= 8
    for example in examples:
        json.loads(example)
