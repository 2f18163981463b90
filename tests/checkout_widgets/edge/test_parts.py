"""The parts of the snippet that decisions name: the same in every arm, and as they are served."""

import base64
import hashlib
from typing import Any

import msgspec
import pytest

from checkout_widgets.edge import parts
from checkout_widgets.models import Layout, Widget
from experiments.models import Experiment, Moment


def names(decision: dict[str, Any]) -> list[str]:
    return [part["name"].removeprefix("upsell_") for part in decision["parts"]]


@pytest.mark.parametrize(
    ("moment", "layouts", "expected"),
    [
        ("cart", ["card"], ["card"]),
        ("cart", ["line", "card"], ["card"]),
        ("cart", [], ["card"]),
        ("cart", ["dialog"], ["card", "dialog"]),
        ("cart", ["bundle", "comparison"], ["bundle", "card", "comparison"]),
        ("payment", ["bump"], ["bump", "card", "checkout_steps"]),
        ("shipping", ["free_shipping"], ["card", "checkout_steps", "free_shipping"]),
        ("exit_intent", ["card"], ["card", "dialog"]),
        ("exit_intent", ["quantity_break"], ["card", "dialog", "quantity_break"]),
        ("confirmation", ["card"], ["card"]),
    ],
)
def test_parts_are_those_of_the_moment_and_of_every_layout(moment, layouts, expected):
    assert names({"parts": msgspec.json.decode(parts.parts_of(moment, layouts))}) == expected


def test_every_moment_and_layout_names_parts_that_there_are():
    for moment in Moment.values:
        for layout in Layout.values:
            assert parts.parts_of(moment, [layout])


def test_each_arm_names_the_parts_of_all_arms(experiment, decide):
    Widget.objects.update(layout=Layout.BUNDLE)
    decisions = [decide(f"v_{number}") for number in range(40)]
    assert {decision["variant"] for decision in decisions} == {"control", "treatment"}
    assert {tuple(names(decision)) for decision in decisions} == {("bundle", "card")}


def test_phone_names_the_parts_of_its_own_layout(experiment, decide):
    Widget.objects.update(layout=Layout.BUNDLE, phone_layout=Layout.BUMP)
    assert names(decide(device="phone")) == ["bump", "card"]
    assert names(decide(device="tablet")) == names(decide(device="desktop")) == ["bundle", "card"]


def test_layout_whose_data_is_missing_names_no_part_for_it(experiment, decide):
    """It is shown as a card."""
    Widget.objects.update(layout=Layout.QUANTITY_BREAK)
    assert names(decide()) == ["card"]


def test_part_is_served_at_the_address_and_with_the_bytes_that_the_decision_names(experiment, decide, client):
    for part in decide()["parts"]:
        response = client.get(f"/s/{part['name']}-{part['digest']}.js")
        assert response["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response["Access-Control-Allow-Origin"] == "*"
        digest = base64.b64encode(hashlib.sha384(response.content).digest()).decode()
        assert part["integrity"] == f"sha384-{digest}"


def test_decision_for_nothing_names_no_part(experiment, decide):
    Experiment.objects.update(traffic_share=0)
    assert "parts" not in decide()
