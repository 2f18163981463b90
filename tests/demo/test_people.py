"""The demo's team, and what it has written."""

import pytest
from django.contrib.auth.models import User

from demo import people
from experiments.models import Comment, Experiment
from tests.factories import make_experiment, make_store

pytestmark = pytest.mark.django_db


def test_team_owns_tests_and_mentions_each_other_once():
    store = make_store(slug="demo")
    User.objects.create_superuser("demo", password="demo")
    for key in {*people.OWNERS, *(remark.test for remark in people.REMARKS)}:
        make_experiment(store, key=key)
    people.admit_team(store)
    people.admit_team(store)
    assert Comment.objects.count() == len(people.REMARKS)
    assert set(Experiment.objects.filter(owner__username="maya").values_list("key", flat=True)) >= {"cart-accessory"}
    asked = Comment.objects.get(author__username="tom", experiment__key="cart-accessory")
    assert [user.username for user in asked.mentioned.all()] == ["maya"]
    assert not User.objects.get(username="maya").has_usable_password()
