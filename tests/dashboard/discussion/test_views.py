"""The discussion of a test, as members of each role have it."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from dashboard.report import sharing
from experiments.discussion import comments
from experiments.models import Comment, Role
from tests import factories

pytestmark = pytest.mark.django_db
TEST = "/tests/tea/cup/"


@pytest.fixture
def experiment():
    return factories.make_experiment(factories.make_store(slug="tea"), key="cup", name="Cup")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_viewer_may_comment_and_what_they_wrote_is_text(experiment):
    viewer = client_of(factories.make_user(experiment.store, role=Role.VIEWER, username="viv"))
    factories.make_user(experiment.store, username="ben")
    text = "<script>alert(1)</script> @ben & @nobody\nSecond line"
    answer = viewer.post(f"{TEST}comments/", {"text": text})
    comment = Comment.objects.get()
    assert answer["location"] == f"{TEST}#comment-{comment.pk}"
    page = viewer.get(TEST).content.decode()
    assert '&lt;script&gt;alert(1)&lt;/script&gt; <strong class="mention">@ben</strong> &amp; @nobody<br>' in page
    assert "<script>alert" not in page


def test_comment_that_cannot_be_sent_comes_back_with_its_text(experiment):
    member = client_of(factories.make_user(experiment.store))
    answer = member.post(f"{TEST}comments/", {"text": "x" * 4_001})
    assert answer.status_code == 422
    assert "x" * 4_001 in answer.content.decode()
    assert member.post(f"{TEST}comments/", {"text": "  "}).status_code == 422
    assert not Comment.objects.exists()


@pytest.mark.slow
def test_comment_is_deleted_by_its_author_and_by_admins_alone(experiment):
    author = factories.make_user(experiment.store, role=Role.VIEWER)
    comment = comments.write(experiment=experiment, author=author, text="So")
    url = f"{TEST}comments/{comment.pk}/remove/"
    editor = client_of(factories.make_user(experiment.store))
    assert editor.post(url).status_code == 403
    assert url not in editor.get(TEST).content.decode()
    other = factories.make_experiment(experiment.store, key="pot")
    assert client_of(author).post(f"/tests/tea/{other.key}/comments/{comment.pk}/remove/").status_code == 404
    assert client_of(author).post(url).status_code == 302
    assert not Comment.objects.exists()


@pytest.mark.slow
def test_editor_sets_owner_and_tags_and_finds_the_test_by_them(experiment):
    ben = factories.make_user(experiment.store, username="ben")
    editor = client_of(ben)
    answer = editor.post(f"{TEST}owner/", {"owner": ben.pk, "tags": "Spring sale, cart, spring  sale"})
    assert answer.status_code == 302
    experiment.refresh_from_db()
    assert (experiment.owner, experiment.tags) == (ben, ["Spring sale", "cart"])
    factories.make_experiment(experiment.store, name="Other one")
    for words in ("ben", "spring", "SALE cart"):
        page = editor.get("/tests/", {"q": words}).content.decode()
        assert "Cup" in page
        assert "Other one" not in page


def test_owner_is_a_member_and_viewers_change_neither(experiment):
    foreign = factories.make_user(factories.make_store())
    editor = client_of(factories.make_user(experiment.store))
    assert editor.post(f"{TEST}owner/", {"owner": foreign.pk, "tags": ""}).status_code == 422
    assert editor.post(f"{TEST}owner/", {"tags": "x" * 41}).status_code == 422
    assert editor.post(f"{TEST}owner/", {"tags": ",".join("abcdefghijk")}).status_code == 422
    viewer = client_of(factories.make_user(experiment.store, role=Role.VIEWER))
    assert viewer.post(f"{TEST}owner/", {"tags": "x"}).status_code == 403


def test_shared_report_has_no_discussion(experiment):
    author = factories.make_user(experiment.store, username="ada")
    comments.write(experiment=experiment, author=author, text="Just between us")
    link = sharing.share(experiment=experiment, actor="ada", days=7)
    page = Client().get(f"/shared/{link.token}/").content.decode()
    assert "Just between us" not in page
    assert "Discussion" not in page
