"""A test that is finished, with figures that can be worked out by hand, and where its report is."""

from datetime import timedelta
from html import unescape
from typing import Any

from django.urls import reverse

from experiments.models import Experiment, Exposure
from tests import factories

VISITORS = 200


def expose(experiment: Experiment, key: str, *, buyers: int, order_minor: int) -> None:
    """``VISITORS`` visitors of a variant, over ten days; the first ``buyers`` of them bought once."""
    variant = experiment.variants.get(key=key)
    Exposure.objects.bulk_create(
        Exposure(
            experiment=experiment,
            variant=variant,
            store_id=experiment.store_id,
            visitor_id=f"v_{key}_{number}",
            exposed_at=factories.NOON + timedelta(hours=number * 240 / VISITORS),
            device="phone" if number % 2 else "desktop",
            orders=int(number < buyers),
            items=int(number < buyers),
            has_converted=number < buyers,
            revenue_minor=(order_minor + number % 7) * (number < buyers),
        )
        for number in range(VISITORS)
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
