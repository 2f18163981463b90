"""A short sample of the benchmark: fifty followers of what is published ask the database nothing."""

import pytest
from django.test import override_settings

from bench import followers
from checkout_widgets.edge.live_configuration import DatabaseFeed
from checkout_widgets.edge.publication.folder import ConfigurationFolder
from checkout_widgets.edge.publication.follower import PublicationFollower
from checkout_widgets.edge.publication.publisher import PublisherThread
from tests import factories


@pytest.mark.slow(seconds=15)
@pytest.mark.django_db(transaction=True)
def test_fifty_followers_take_a_change_and_ask_a_fifth_of_what_ten_on_the_database_ask(tmp_path):
    factories.make_live_experiment()
    folder = ConfigurationFolder(tmp_path)
    publisher = PublisherThread(folder)
    publisher.start()
    try:
        followers.wait_until((tmp_path / "index").exists)
        with override_settings(EDGE_POLL_SECONDS=0.1):  # five times as often, for a fifth of the time
            floor = followers.measure(10, DatabaseFeed, seconds=1, changes=1)
            # The least of two: what a busy machine delays is asked within the next second.
            measured = [
                followers.measure(50, lambda: PublicationFollower(folder, None), seconds=1, changes=1) for _ in range(2)
            ]
    finally:
        publisher.stop()
    assert max(one["live_on_all_s"] for one in measured) < followers.WITHIN_S
    assert min(one["queries_per_second"] for one in measured) < 0.2 * floor["queries_per_second"]
