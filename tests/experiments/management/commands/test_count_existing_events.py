"""The command counts what is uncounted, and says so when there is nothing."""

import pytest
from django.core.management import call_command

from tests import factories
from tests.experiments.accounting.funnel_events import event, forget_what_was_noted, from_days, receive

pytestmark = pytest.mark.django_db


def test_count_existing_events_counts_them_and_has_nothing_to_do_the_second_time(capsys):
    treatment = factories.make_experiment().variants.get(key="treatment")
    receive(treatment, event(treatment, "v_1", "click"), event(treatment, "v_1", "accept"))
    forget_what_was_noted()
    call_command("count_existing_events")
    assert capsys.readouterr().out == "Counted 2 events. All events are counted now.\n"
    assert from_days(treatment.experiment) == {(treatment.pk, "click"): (1, 1), (treatment.pk, "accept"): (1, 1)}
    call_command("count_existing_events")
    assert capsys.readouterr().out == "All events are counted.\n"
