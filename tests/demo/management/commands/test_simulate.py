"""``simulate`` from the command line."""

import io

import pytest
from django.core.management import CommandError, call_command

from demo.management.commands.simulate import Command
from experiments.models import Exposure
from tests import factories

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("simulate", *arguments, stdout=out)
    return out.getvalue()


def test_simulate_sends_visitors():
    experiment = factories.make_experiment(key="cart")
    factories.make_order(experiment.store)
    text = run("--experiment=cart", "--visitors=50", "--days=3", "--aov-lift=5%", "--conversion-lift=-1%", "--seed=3")
    assert text.startswith("cart: 50 visitors, ")
    assert 45 <= Exposure.objects.count() <= 50


def test_simulate_lift_with_a_minus_is_a_value():
    parser = Command().create_parser("manage.py", "simulate")
    options = parser.parse_args(
        ["--experiment", "cart", "--visitors", "10", "--aov-lift", "5%", "--conversion-lift", "-1%"]
    )
    assert (options.aov_lift, options.conversion_lift) == (0.05, -0.01)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--experiment=nothing", "--visitors=5"], "No store has an experiment 'nothing'"),
        (["--experiment=cart", "--store=nowhere", "--visitors=5"], "Store nowhere has no experiment 'cart'"),
        (["--experiment=cart", "--visitors=0"], "'0' is not a whole number from 1 to 100,000,000"),
        (["--experiment=cart", "--visitors=5", "--days=3651"], "'3651' is not a whole number from 1 to 3,650"),
        (["--experiment=cart", "--visitors=5", "--aov-lift=lots"], "'lots' is not a lift such as 5% or -1%"),
        (["--experiment=cart", "--visitors=5", "--aov-lift=900%"], "outside -90% to 200%"),
        (["--experiment=cart", "--visitors=5", "--aa", "--aov-lift=5%"], "--aa means no effect"),
        (["--experiment=cart", "--visitors=5", "--seed=-1"], "--seed must be 0 or more"),
        (["--experiment=cart", "--visitors=5"], "has no past orders in EUR"),
    ],
)
def test_simulate_asked_wrongly_is_one_sentence(arguments, message):
    factories.make_experiment(key="cart")
    with pytest.raises(CommandError, match=message):
        run(*arguments)


def test_simulate_key_in_several_stores_asks_for_one():
    for slug in ("first", "second"):
        factories.make_experiment(factories.make_store(slug=slug), key="cart")
    with pytest.raises(CommandError, match=r"name one with --store \(first, second\)"):
        run("--experiment=cart", "--visitors=5")
