"""The page of the question on the confirmation page: saved with its number, refused with the reason."""

import pytest
from django.test import Client
from django.utils import timezone

from checkout_widgets.models import ConfirmationAnswer, ConfirmationQuestion
from experiments.models import AuditEntry, Store
from tests import factories

pytestmark = pytest.mark.django_db
URL = "/question/?store=tea"
SENT = {"is_on": "on", "is_score": "0", "text": "What for?", "answers": "home: At home\nwork: At work\ngift: A gift"}


@pytest.fixture
def store() -> Store:
    return factories.make_store(slug="tea")


def signed_in(store: Store, role: str = "editor") -> Client:
    client = Client()
    client.force_login(factories.make_user(store, role=role))
    return client


def test_question_is_saved_and_shown_again(store):
    editor = signed_in(store)
    german = {"text_in_de": "Wofür?", "answers_in_de": "home: Zuhause"}
    assert editor.post(URL, SENT | german)["Location"] == URL
    question = ConfirmationQuestion.objects.get()
    assert (question.store, question.is_on, question.number) == (store, True, 1)
    assert question.choices[0] == {"tag": "home", "text": "At home"}
    assert question.translations == {"de": {"text": "Wofür?", "choices": {"home": "Zuhause"}}}
    page = editor.get(URL).text
    assert "home: At home\nwork: At work" in page
    assert "home: Zuhause" in page
    entry = AuditEntry.objects.get(action="question_changed")
    assert entry.detail["text"] == ["", "What for?"]
    editor.post(URL, SENT | german)
    assert AuditEntry.objects.filter(action="question_changed").count() == 1


def test_other_words_are_the_same_question_and_other_tags_another(store):
    editor = signed_in(store)
    editor.post(URL, SENT)
    editor.post(URL, SENT | {"text": "What is it for?", "answers": SENT["answers"].replace("A gift", "As a gift")})
    assert ConfirmationQuestion.objects.get().number == 1
    ConfirmationAnswer.objects.create(store=store, visitor_id="v_1", number=1, tag="home", at=timezone.now())
    assert editor.get(URL).context["answered"] == 1
    editor.post(URL, {"is_on": "on", "is_score": "1", "text": "How likely are you to recommend us?"})
    question = ConfirmationQuestion.objects.get()
    assert (question.number, question.tags[0], len(question.tags)) == (2, "score-0", 11)
    assert editor.get(URL).context["answered"] == 0
    for number, tag in enumerate(["score-9", "score-10", "score-8", "score-2"]):
        ConfirmationAnswer.objects.create(store=store, visitor_id=f"v_{number}", number=2, tag=tag, at=timezone.now())
    page = editor.get(URL)
    assert "Net Promoter Score 25, from 4 answers" in page.text
    assert [row.number for row in page.context["rows"]] == [0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1]


def test_answers_are_those_of_the_store_alone(store):
    other = factories.make_store()
    for of in (store, other):
        ConfirmationQuestion.objects.create(store=of, text="Q", choices=[{"tag": "a", "text": "A"}])
        ConfirmationAnswer.objects.create(store=of, visitor_id="v_1", number=1, tag="a", at=timezone.now())
    assert signed_in(store).get(URL).context["answered"] == 1


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"text": ""}, "Enter the question"),
        ({"answers": "home: At home\nwork: At work"}, "Enter three to five answers"),
        ({"answers": "\n".join(f"t{n}: T" for n in range(6))}, "Enter three to five answers"),
        ({"answers": "home\nwork: At work\ngift: A gift"}, "needs a tag, a colon, and a text"),
        ({"answers": "home: 1\nhome: 2\ngift: A gift"}, "Two answers have the tag"),
        ({"answers": "score-3: 1\nhome: 2\ngift: A gift"}, "is that of a score"),
        ({"answers": "home: 1\nwork: 2\ngift: " + "x" * 81}, "is too long"),
        ({"answers_in_de": "size: Größe"}, "has no tag"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_reason(store, sent, said):
    answer = signed_in(store).post(URL, SENT | sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert not ConfirmationQuestion.objects.exists()


def test_draft_may_be_unfinished_while_it_is_not_shown(store):
    signed_in(store).post(URL, {"is_score": "0", "text": "", "answers": ""})
    signed_in(store).post(URL, {"is_score": "0", "text": "What for?", "answers": ""})
    question = ConfirmationQuestion.objects.get()
    assert (question.is_on, question.choices) == (False, [])


def test_viewer_reads_and_cannot_save(store):
    viewer = signed_in(store, "viewer")
    assert "Only editors of the store can change this." in viewer.get(URL).text
    assert viewer.post(URL, SENT).status_code == 403
    assert not ConfirmationQuestion.objects.exists()
