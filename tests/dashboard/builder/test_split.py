"""The names and weights of a draft's variants."""

import pytest

from experiments.models import AuditEntry, Experiment, Status, Variant
from tests import factories
from tests.dashboard.builder.drafts import client_of, send, url_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def draft() -> Experiment:
    return factories.make_experiment(status=Status.DRAFT, started_at=None)


def typed(draft: Experiment, names: tuple[str, str], weights: tuple[str, str]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for variant, name, weight in zip(draft.variants.order_by("-is_control"), names, weights, strict=True):
        fields |= {f"name-{variant.pk}": name, f"weight-{variant.pk}": weight}
    return fields


def test_names_and_weights_are_saved_and_said(draft):
    answer = send(client_of(draft), draft, "split", typed(draft, ("Nothing", "Mugs"), ("1", "3")))
    assert answer["X-Section-State"] == "saved"
    assert dict(Variant.objects.values_list("name", "weight")) == {"Nothing": 1, "Mugs": 3}
    text = answer.content.decode()
    assert "Nothing 25% · Mugs 75%" in text
    assert '<h2 id="treatment-treatment-title" hx-swap-oob="true">Mugs</h2>' in text
    assert {entry.reason for entry in AuditEntry.objects.all()} == {"Variant Nothing", "Variant Mugs"}


@pytest.mark.parametrize("weight", ["0", "x", "1001"])
def test_weight_that_splits_nothing_is_kept_and_blocks(draft, weight):
    answer = send(client_of(draft), draft, "split", typed(draft, ("A", "B"), ("1", weight)))
    assert answer["X-Section-State"] == "kept"
    assert set(Variant.objects.values_list("weight", flat=True)) == {1}
    assert 'href="#split"' in client_of(draft).get(url_of(draft)).content.decode()
