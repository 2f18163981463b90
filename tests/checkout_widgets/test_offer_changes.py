"""A price is changed before a test starts or not until it is over, however close a launch and a change are."""

from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction

from checkout_widgets.models import Offer
from checkout_widgets.offer_changes import PromiseError, save_offer
from experiments.models import Status
from experiments.running import lifecycle
from tests import factories
from tests.waiting import wait_until

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def change_price(pk: int, outcome: list[Any]) -> None:
    """Save another price of the offer, as a request of another process does."""
    offer = Offer.objects.get(pk=pk)
    offer.price_minor += 100
    try:
        save_offer(offer, ["price_minor"], {}, actor="ada")
        outcome.append("saved")
    except PromiseError:
        outcome.append("refused")
    finally:
        connection.close()


def is_anybody_waiting() -> bool:
    with connection.cursor() as cursor:
        # What a transaction has read of other sessions stays as it was, unless it asks anew.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_price_waits_for_a_launch_at_the_same_time_and_is_refused():
    experiment = factories.make_experiment(status=Status.DRAFT)
    widget = factories.make_widget(experiment.variants.get(is_control=False))
    offer = widget.offer
    outcome: list[Any] = []
    change = Thread(target=change_price, args=[offer.pk, outcome])
    with transaction.atomic():
        lifecycle.start(experiment=experiment, actor="grace")
        change.start()
        wait_until(is_anybody_waiting, seconds=20)
        assert outcome == []
    change.join(20)
    assert outcome == ["refused"]
    price = offer.price_minor
    offer.refresh_from_db()
    assert offer.price_minor == price


@pytest.mark.django_db
def test_price_of_a_draft_is_saved():
    experiment = factories.make_experiment(status=Status.DRAFT)
    offer = factories.make_widget(experiment.variants.get(is_control=False)).offer
    offer.price_minor += 100
    save_offer(offer, ["price_minor"], {}, actor="ada")
    assert Offer.objects.get(pk=offer.pk).price_minor == offer.price_minor
