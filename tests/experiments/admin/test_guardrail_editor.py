"""Guardrails as a form."""

import pytest
from django.core.exceptions import ValidationError

from experiments.admin.guardrail_editor import GuardrailField, in_words, typed_of
from experiments.models import Experiment
from tests import factories
from tests.experiments.admin.forms import drawn, submit

CONVERSION = {"metric": "conversion", "margin": -0.02}
REFUNDS = {"metric": "refunded_share", "margin": 0.015}


def test_margins_are_typed_as_how_much_worse_it_may_get():
    assert typed_of([CONVERSION, REFUNDS]) == {"conversion": "2", "refunded_share": "1.5"}
    assert typed_of([{"metric": "aov", "margin": 0.0}]) == {"aov": "0"}
    assert typed_of([{"metric": "aov", "margin": -0.1}]) == {"aov": "10"}


@pytest.mark.parametrize("guardrails", [[], [CONVERSION], [CONVERSION, REFUNDS], [{"metric": "rpv", "margin": 0.0}]])
def test_stored_guardrails_come_back_as_they_were(guardrails):
    field = GuardrailField()
    typed = field.prepare_value(guardrails)
    assert field.clean(typed) == guardrails
    assert not field.has_changed(guardrails, typed)


def test_every_line_that_cannot_be_read_is_named():
    with pytest.raises(ValidationError) as raised:
        GuardrailField().clean({"conversion": "much", "refunded_share": "-1", "aov": "3"})
    assert raised.value.messages == [
        "Conversion: enter a number from 0 to 100, or leave it empty.",
        "Refunded share of buyers: enter a number from 0 to 100, or leave it empty.",
    ]


def test_words_say_which_way_is_worse():
    assert in_words([CONVERSION, REFUNDS]) == (
        "Conversion may fall by 2%. Refunded share of buyers may rise by 1.5 points"
    )
    assert in_words([]) == "None"


def change_url(experiment: Experiment) -> str:
    return f"/admin/experiments/experiment/{experiment.pk}/change/"


def test_emptied_lines_are_no_guardrails(editor_client, store):
    experiment = factories.make_experiment(store, guardrails=[CONVERSION])
    changes = {"guardrails-conversion": "", "guardrails-refunded_share": "1.5"}
    assert submit(editor_client, change_url(experiment), **changes).status_code == 302
    experiment.refresh_from_db()
    assert experiment.guardrails == [REFUNDS]


@pytest.mark.slow
def test_mistake_stays_in_its_line(editor_client, store):
    experiment = factories.make_experiment(store, guardrails=[CONVERSION])
    page = drawn(submit(editor_client, change_url(experiment), **{"guardrails-conversion": "250"}))
    assert 'name="guardrails-conversion" value="250"' in page
    assert "Conversion: enter a number from 0 to 100" in page
    experiment.refresh_from_db()
    assert experiment.guardrails == [CONVERSION]


def test_who_may_only_look_reads_words(viewer_client, store):
    experiment = factories.make_experiment(
        store, guardrails=[CONVERSION], targeting={"field": "device", "op": "is", "value": "phone"}
    )
    page = viewer_client.get(change_url(experiment)).content.decode()
    assert "Conversion may fall by 2%" in page
    assert "&quot;margin&quot;" not in page
    assert "&quot;op&quot;" not in page
