"""``rebuild_outcomes`` says what differed."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from experiments.models import Exposure
from tests import factories

pytestmark = pytest.mark.django_db


def rebuild(**options) -> list[str]:
    output = StringIO()
    call_command("rebuild_outcomes", **options, stdout=output)
    return output.getvalue().splitlines()


@pytest.fixture
def exposure() -> Exposure:
    experiment = factories.make_experiment(factories.make_store(slug="tea"), key="cups")
    factories.make_experiment(factories.make_store(slug="pots"), key="lids")
    return factories.make_exposure(experiment.variants.get(key="control"))


def test_rebuild_outcomes_of_everything_finds_no_differences(exposure):
    assert rebuild() == [
        "pots/lids: 0 exposures, 0 differed; 0 days, 0 sums differed; 0 orders were linked to the wrong visitor",
        "tea/cups: 1 exposures, 0 differed; 1 days, 0 sums differed; 0 orders were linked to the wrong visitor",
        "No differences.",
    ]


@pytest.mark.parametrize("options", [{"store": "tea"}, {"experiment": "cups"}, {"store": "tea", "experiment": "cups"}])
def test_rebuild_outcomes_puts_differences_right_once(exposure, options):
    Exposure.objects.update(orders=1, has_converted=True)
    assert rebuild(**options) == [
        "tea/cups: 1 exposures, 1 differed; 1 days, 0 sums differed; 0 orders were linked to the wrong visitor",
        "Corrected 1 row.",
    ]
    assert rebuild(**options)[-1] == "No differences."


@pytest.mark.parametrize(
    "options", [{"store": "mugs"}, {"experiment": "mugs"}, {"store": "pots", "experiment": "cups"}]
)
def test_rebuild_outcomes_of_what_is_not_there_is_refused(exposure, options):
    with pytest.raises(CommandError):
        rebuild(**options)


def test_rebuild_outcomes_goes_through_holdouts_too():
    factories.make_holdout(factories.make_store(slug="tea"))
    assert rebuild()[0].startswith("tea/holdout: 0 exposures")
