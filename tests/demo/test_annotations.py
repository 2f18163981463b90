"""The demo's annotations are made once."""

from datetime import date, datetime

import pytest
from django.utils import timezone

from demo.annotations import annotate
from experiments.models import Annotation
from tests import factories


@pytest.mark.django_db
def test_annotate_marks_days_of_the_running_tests_once():
    store = factories.make_store()
    now = datetime(2026, 11, 29, 12, tzinfo=timezone.get_default_timezone())
    annotate(store, now)
    annotate(store, now)
    campaign = Annotation.objects.get(kind="campaign")
    assert (campaign.first_day, campaign.last_day) == (date(2026, 11, 23), date(2026, 11, 24))
    assert Annotation.objects.count() == 2
