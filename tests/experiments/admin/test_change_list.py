"""An address of a list may name any date."""

import pytest

from tests import factories

PLACED = "placed_at__year"


@pytest.mark.parametrize(
    "query",
    [
        {PLACED: "9" * 400},
        {PLACED: "9999"},
        {PLACED: "9999", "placed_at__month": "12"},
        {PLACED: "9999", "placed_at__month": "12", "placed_at__day": "31"},
        {PLACED: "0"},
        {PLACED: "2026", "placed_at__month": "13"},
        {PLACED: "x"},
    ],
)
def test_list_of_a_date_that_there_is_not_leads_to_the_whole_list(superuser_client, store, query):
    factories.make_order(store, external_id="5501")
    answer = superuser_client.get("/admin/experiments/order/", query, follow=True)
    assert answer.redirect_chain == [("/admin/experiments/order/?e=1", 302)]
    assert "5501" in answer.content.decode()


@pytest.mark.slow
def test_list_of_a_date_shows_what_was_then(superuser_client, store):
    factories.make_order(store, external_id="5501")
    for year, is_shown in (("2026", True), ("2025", False), ("1", False), ("9998", False)):
        answer = superuser_client.get("/admin/experiments/order/", {PLACED: year})
        assert (answer.status_code, "5501" in answer.content.decode()) == (200, is_shown)


def test_empty_list_says_what_comes_there_or_that_nothing_matches(superuser_client, store):
    empty = superuser_client.get("/admin/experiments/order/").content.decode()
    assert "No orders yet" in empty
    assert "They appear here as they arrive." in empty
    assert "Add the first one" in superuser_client.get("/admin/experiments/webhooktarget/").content.decode()
    factories.make_order(store, external_id="5501")
    assert "No orders found" in superuser_client.get("/admin/experiments/order/", {PLACED: "2025"}).content.decode()
