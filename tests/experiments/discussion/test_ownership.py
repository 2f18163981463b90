"""Owner and tags."""

import pytest

from experiments.discussion import ownership
from experiments.models import AuditAction
from tests import factories

pytestmark = pytest.mark.django_db


def test_cleaned_tags_are_trimmed_and_each_once():
    assert ownership.cleaned_tags([" spring  sale", "Spring Sale", "", "cart "]) == ["spring sale", "cart"]


def test_describe_notes_what_changed_and_nothing_where_nothing_did():
    store = factories.make_store()
    ben = factories.make_user(store, username="ben")
    experiment = factories.make_experiment(store)
    for _ in range(2):
        ownership.describe(experiment=experiment, owner=ben, tags=["cart"], actor="ada")
    entry = experiment.audit_entries.get(action=AuditAction.CHANGED)
    assert entry.detail == {"owner": [None, "ben"], "tags": [[], ["cart"]]}
    experiment.refresh_from_db()
    assert (experiment.owner, experiment.tags) == (ben, ["cart"])


def test_owner_named_is_a_member_of_the_store():
    store = factories.make_store()
    ada = factories.make_user(store, username="ada")
    factories.make_user(username="ben")
    assert ownership.owner_named("ada", store) == ada
    assert ownership.owner_named("ben", store) is None
    assert ownership.owner_named("API: shop", store) is None
