"""Who ordered is told to whoever has registered, and to nobody else."""

from experiments import who_ordered
from experiments.who_ordered import OrderedBy
from tests.factories import NOON

WHO = OrderedBy(external_id="1", customer_id="77", address="ada@shop.example", at=NOON)


def test_listener_that_registered_last_is_told_the_store_the_orders_and_the_source(monkeypatch):
    monkeypatch.setattr(who_ordered, "listeners", [])
    who_ordered.tell(1, [WHO], source="api")  # nobody listens
    first, second = [], []
    who_ordered.register(lambda *told: first.append(told))
    who_ordered.register(lambda *told: second.append(told))
    who_ordered.tell(1, [WHO], source="api")
    who_ordered.tell(1, [], source="api")
    assert (first, second) == ([], [(1, [WHO], "api")])


def test_who_ordered_shows_no_address_where_it_is_logged():
    assert "ada" not in repr(WHO)
