"""Comments, and who is told of them."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from experiments.discussion import comments
from experiments.models import Comment, PersonLanguage, Role, Subscription
from tests import factories

pytestmark = pytest.mark.django_db


def told() -> list[dict[str, str]]:
    jobs = ProcrastinateJob.objects.filter(task_name="experiments.notifications.tasks.send_mail").order_by("id")
    return [job.args for job in jobs]


def test_write_tells_each_mentioned_member_who_wants_to_know():
    store = factories.make_store()
    ada = factories.make_user(store, username="ada", role=Role.VIEWER, email="ada@shop.example")
    factories.make_user(store, username="ben", email="ben@shop.example")
    deaf = factories.make_user(store, username="deaf", email="deaf@shop.example")
    factories.make_user(store, username="none")
    Subscription.objects.create(user=deaf, store=store, topics=["verdict"])
    experiment = factories.make_experiment(store, name="Cup")
    comment = comments.write(experiment=experiment, author=ada, text="@ben @deaf @none @ada why?")
    assert {user.username for user in comment.mentioned.all()} == {"ada", "ben", "deaf", "none"}
    (mail,) = told()
    assert (mail["address"], mail["subject"]) == ("ben@shop.example", "ada mentioned you in “Cup”")
    assert "@ben @deaf @none @ada why?" in mail["text"]
    assert f"#comment-{comment.pk}" in mail["text"]


def test_write_too_often_is_refused(monkeypatch):
    monkeypatch.setattr(comments, "MOST_PER_HOUR", 2)
    store = factories.make_store()
    ada = factories.make_user(store)
    experiment = factories.make_experiment(store)
    for _ in range(2):
        comments.write(experiment=experiment, author=ada, text="So")
    with pytest.raises(comments.TooManyCommentsError):
        comments.write(experiment=experiment, author=ada, text="So")
    assert Comment.objects.count() == 2


def test_may_remove_is_the_authors_and_the_admins():
    store = factories.make_store()
    author, editor = factories.make_user(store, role=Role.VIEWER), factories.make_user(store)
    admin = factories.make_user(store, role=Role.ADMIN)
    foreign = factories.make_user(factories.make_store(), role=Role.ADMIN)
    comment = comments.write(experiment=factories.make_experiment(store), author=author, text="So")
    people = [author, editor, admin, foreign]
    assert [comments.may_remove(comment, user) for user in people] == [True, False, True, False]


def test_comment_outlives_its_author():
    store = factories.make_store()
    author = factories.make_user(store, username="ada")
    comments.write(experiment=factories.make_experiment(store), author=author, text="So")
    author.delete()
    assert Comment.objects.get().author_name == "ada"


def test_who_is_mentioned_is_told_in_their_own_language():
    store = factories.make_store()
    ada = factories.make_user(store, username="ada")
    jo = factories.make_user(store, username="jo", email="jo@shop.example")
    PersonLanguage.objects.create(user=jo, chosen="de")
    comments.write(experiment=factories.make_experiment(store, name="Cup"), author=ada, text="@jo look")
    (mail,) = told()
    assert mail["subject"] == "ada hat Sie in „Cup“ erwähnt"
    assert "@jo look" in mail["text"]
