"""A decision, sent through the arbiter once more."""

import pytest

from checkout_widgets.edge.causes import Cause
from checkout_widgets.edge.configuration import ExperimentConfiguration
from checkout_widgets.reach.replay import Obstacle, obstacles, shares, takers
from experiments.assignment.targeting import Context
from tests.checkout_widgets.reach.configurations import make_offer, make_test
from tests.factories import NOON

CART = Context(currency="eur", skus=frozenset({"boots"}))


def lost(test: ExperimentConfiguration, order: list[ExperimentConfiguration]) -> dict[Obstacle, float]:
    chances = shares(takers(order, CART, NOON))
    return obstacles(test, chances, order=[one.id for one in order], context=CART, now=NOON)


def test_shares_go_to_the_first_that_takes_the_visitor_and_the_rest_to_the_winner():
    order = [make_test(1, traffic_share=0.5), make_test(2, traffic_share=0.4), make_test(3, is_rolled_out=True)]
    assert shares(takers(order, CART, NOON)) == pytest.approx({1: 0.5, 2: 0.2, 3: 0.3})


def test_shares_skip_paused_tests_and_those_for_others():
    phones = make_test(2, is_targeted=lambda context: context.device == "phone")
    order = [make_test(1, is_paused=True), phones, make_test(3)]
    assert shares(takers(order, CART, NOON)) == {3: 1.0}


def test_obstacles_name_the_tests_that_come_first_and_the_traffic_share():
    test = make_test(3, traffic_share=0.5)
    order = [make_test(1, traffic_share=0.2), make_test(2, traffic_share=0.5), test, make_test(4)]
    assert lost(test, order) == pytest.approx(
        {
            Obstacle(Cause.OTHER_TEST, 1): 0.2,
            Obstacle(Cause.OTHER_TEST, 2): 0.4,
            Obstacle(Cause.NOT_INCLUDED): 0.2,
        }
    )


@pytest.mark.parametrize(
    ("fields", "cause"),
    [
        ({"is_targeted": lambda context: False}, Cause.RULES),
        ({"offers": (make_offer("USD"),)}, Cause.CURRENCY),
        ({"cross_sold": frozenset({"boots"})}, Cause.IN_CART),
        ({"replaced": frozenset({"mug"})}, Cause.NOTHING_TO_REPLACE),
    ],
)
def test_obstacles_tell_apart_what_the_arbiter_calls_not_targeted(fields, cause):
    test = make_test(1, **fields)
    assert lost(test, [make_test(2), test]) == {Obstacle(cause): 1.0}


def test_obstacles_of_a_test_that_gets_everything_are_none():
    test = make_test(1)
    assert lost(test, [test, make_test(2)]) == {}
