"""A test that is finished, with figures that can be worked out by hand, and where its report is."""

from datetime import timedelta
from html import unescape
from typing import Any

from django.urls import reverse

from experiments.models import Experiment
from tests import factories
from tests.factories import NOON
from tests.many_exposures import add_exposures

VISITORS = 200
TEN_DAYS = timedelta(days=10)


def expose(experiment: Experiment, key: str, *, buyers: int, order_minor: int) -> None:
    """``VISITORS`` visitors of a variant, over ten days; the first ``buyers`` of them bought once."""
    add_exposures(
        experiment.variants.get(key=key),
        VISITORS,
        given={"buyers": buyers, "order_minor": order_minor, "key": key, "first": NOON, "every": TEN_DAYS / VISITORS},
        columns={
            "visitor_id": "'v_' || %(key)s || '_' || number",
            "exposed_at": "%(first)s + number * %(every)s::interval",
            "device": "CASE number %% 2 WHEN 1 THEN 'phone' ELSE 'desktop' END",
            "orders": "(number < %(buyers)s)::int",
            "items": "(number < %(buyers)s)::int",
            "has_converted": "number < %(buyers)s",
            "revenue_minor": "CASE WHEN number < %(buyers)s THEN %(order_minor)s + number %% 7 ELSE 0 END",
        },
    )


def finished_test(**fields: Any) -> Experiment:
    """Control: 70 of 200 buy for 50.00 and some cents each; treatment: 70 of 200 for 60.00 and the same cents."""
    store = factories.make_store(currency="EUR", name="Tea shop")
    experiment = factories.make_experiment(store, **fields)
    expose(experiment, "control", buyers=70, order_minor=4997)
    expose(experiment, "treatment", buyers=70, order_minor=5997)
    return experiment


def url_of(experiment: Experiment, name: str = "report") -> str:
    return reverse(f"dashboard:{name}", args=[experiment.store.slug, experiment.key])


def news_address(page: str) -> str:
    """Where the page asks for news."""
    return unescape(page.split('hx-get="')[1].split('"')[0])
