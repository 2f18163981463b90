"""What an edge process knows of the configuration that it follows, as metrics for Prometheus."""

from collections.abc import Iterator
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from checkout_widgets.edge import live_configuration
from checkout_widgets.edge.publication.follower import REASONS, PublicationFollower
from config import metrics_token


class EdgeMetrics(Collector):
    """Which configuration this process has, how old it is, and how often one was refused."""

    def collect(self) -> Iterator[Metric]:
        """All metrics."""
        configuration = live_configuration.held()
        if configuration is not None:
            yield GaugeMetricFamily(
                "offerlift_edge_configuration_version", "Version of the configuration", value=configuration.version
            )
        follower = live_configuration.publication()
        if follower is not None:
            yield from publication_metrics(follower)


def publication_metrics(follower: PublicationFollower) -> Iterator[Metric]:
    """Yield what is known of the configuration that is published."""
    refusals = CounterMetricFamily(
        "offerlift_edge_configuration_refused", "Published configurations that were refused", labels=["reason"]
    )
    for reason in REASONS:  # a zero where there are none, so that an alert can tell it from no data
        refusals.add_metric([reason], follower.refusals[reason])
    yield refusals
    if follower.index is not None:
        age = datetime.now(UTC) - follower.index.published_at
        yield GaugeMetricFamily(
            "offerlift_edge_configuration_age_seconds",
            "Since the configuration was published or confirmed",
            # a clock of the worker that is ahead of ours mustn't make an age below zero
            value=max(0.0, age.total_seconds()),
        )


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The metrics of this process, for who has ``METRICS_TOKEN``; nothing (404) where none is set."""
    return metrics_token.answer(request, EdgeMetrics())
