"""The store's question on the confirmation page: who is asked, and whose answer is kept."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from checkout_widgets import silenced_shoppers
from checkout_widgets.edge import call, question_signing
from checkout_widgets.edge.question_signing import QuestionToken
from checkout_widgets.edge.rate import RateLimit
from checkout_widgets.models import ConfirmationAnswer, ConfirmationQuestion
from experiments.models import Rejection, Store
from tests import factories
from tests.checkout_widgets.edge.conftest import SHOP

SNIPPET = {"visit": {"snippet": 3}}
CHOICES = [
    {"tag": "trail", "text": "On trails"},
    {"tag": "road", "text": "On roads"},
    {"tag": "gift", "text": "A gift"},
]
GERMAN = {"text": "Wofür sind die Schuhe?", "choices": {"trail": "Gelände", "gift": 'Ein "token":null'}}


@pytest.fixture
def question(store: Store) -> ConfirmationQuestion:
    return ConfirmationQuestion.objects.create(
        store=store, is_on=True, text="What are they for?", choices=CHOICES, translations={"de": GERMAN}, number=4
    )


@pytest.fixture
def ask(post):
    """What the edge decides for a page, by moment."""

    def ask(visitor_id: str = "v_1", *, moments: tuple[str, ...] = ("confirmation",), **body: Any) -> dict[str, Any]:
        sent = {"key": "pk_shop", "visitor_id": visitor_id, "moments": list(moments)} | SNIPPET | body
        answer = post("/v1/decide", sent, Origin=SHOP).json()
        return {decision["moment"]: decision for decision in answer["decisions"]}

    return ask


@pytest.fixture
def send(post, question):
    def send(tag: str = "trail", *, token: str = "", **headers: str) -> Any:
        body = {"key": "pk_shop", "question_token": token or token_for("v_1", question.store), "tag": tag}
        return post("/v1/answers", body, **{"Origin": SHOP} | headers)

    return send


def token_for(visitor_id: str, store: Store, *, number: int = 4, age: timedelta = timedelta()) -> str:
    expires_at = int((timezone.now() + timedelta(hours=48) - age).timestamp())
    return question_signing.sign(QuestionToken(store.pk, number, visitor_id, expires_at)).decode()


def kept() -> list[tuple[str, int, str]]:
    return list(ConfirmationAnswer.objects.order_by("visitor_id").values_list("visitor_id", "number", "tag"))


def test_confirmation_page_asks_with_a_token_of_the_visitor(question, ask):
    decision = ask()["question"]
    token = decision["content"]["question"].pop("token")
    assert question_signing.read(token).visitor_id == "v_1"
    assert question_signing.read(token).store_id == question.store_id
    assert question_signing.read(token).number == 4
    assert decision["trigger"] == {"kind": "question"}
    assert decision["exposure_token"] is None
    assert [part["name"] for part in decision["parts"]] == ["upsell_card", "upsell_question"]
    assert decision["content"]["question"] == {"choices": CHOICES}
    assert (decision["content"]["headline"], decision["content"]["messages"]["skip"]) == ("What are they for?", "Skip")


def test_question_is_in_the_shoppers_language_where_the_store_has_written_it(question, ask):
    content = ask(locale="de-AT")["question"]["content"]
    assert content["headline"] == "Wofür sind die Schuhe?"
    assert [choice["text"] for choice in content["question"]["choices"]] == ["Gelände", "On roads", 'Ein "token":null']
    assert question_signing.read(content["question"]["token"]).visitor_id == "v_1"
    assert content["messages"]["skip"] == "Überspringen"
    french = ask("v_2", locale="fr")["question"]["content"]
    assert (french["headline"], french["messages"]["skip"]) == ("What are they for?", "Passer")


@pytest.mark.parametrize(
    "body",
    [
        {"moments": ("cart",)},
        {"visit": None},  # who draws offers without the snippet
        {"consent": {"measurement": False}},
        {"history": {"friction": ["payment_error"]}},
    ],
)
def test_no_question_where_none_belongs(question, ask, body):
    assert "question" not in ask(**body)


def test_no_question_for_servers_silenced_shoppers_and_other_stores(question, ask, post, store):
    silenced_shoppers.silence(
        store.pk, 1, [silenced_shoppers.visitor_digest(store.pk, "v_2")], timezone.now() + timedelta(days=1)
    )
    assert "question" in ask("v_1")
    assert "question" not in ask("v_2")
    body = {"visitor_id": "v_1", "moments": ["confirmation"], **SNIPPET}
    answer = post("/v1/decide", body, Authorization=f"Bearer {store.secret_key}").json()
    assert [decision["moment"] for decision in answer["decisions"]] == ["confirmation"]
    other = factories.make_store(site_key="pk_other", allowed_origins=[SHOP])
    assert "question" not in ask(key=other.site_key)


def test_held_out_visitors_are_asked_like_all_others(question, ask, store):
    Store.objects.filter(pk=store.pk).update(holdout_share=0.5)
    decisions = [ask(f"v_{number}") for number in range(20)]
    reasons = {decision["confirmation"]["reason"] for decision in decisions}
    assert reasons == {"holdout", "no_experiment"}
    assert all("question" in decision for decision in decisions)


def test_question_alone_keeps_pages_asking_and_opens_the_confirmation(question, post, client):
    answer = post("/v1/decide", {"key": "pk_shop", "moments": ["cart"]}).json()
    assert answer["enabled"] is True
    assert client.get("/v1/moments?key=pk_shop").json()["moments"] == ["confirmation"]
    ConfirmationQuestion.objects.update(is_on=False)
    assert post("/v1/decide", {"key": "pk_shop", "moments": ["cart"]}).json()["enabled"] is False
    assert client.get("/v1/moments?key=pk_shop").json()["moments"] == []


def test_answer_is_kept_once_and_a_later_one_takes_its_place(send):
    answer = send("trail")
    assert (answer.status_code, answer.json()) == (200, {"tag": "trail"})
    assert answer["Access-Control-Allow-Origin"] == SHOP
    before = ConfirmationAnswer.objects.values().get()
    assert send("trail").status_code == 200
    assert ConfirmationAnswer.objects.values().get() == before
    ConfirmationAnswer.objects.update(is_followed_up=True)
    send("road")
    assert kept() == [("v_1", 4, "road")]
    assert ConfirmationAnswer.objects.get().is_followed_up is False


def test_token_decides_whose_answer_it_is(send, question):
    other = factories.make_store()
    send("road", token=token_for("v_2", question.store))
    for bad in (
        "zz",
        token_for("v_3", question.store)[:-1] + "!",
        token_for("v_3", other),
        token_for("v_3", question.store, age=timedelta(hours=49)),
    ):
        answer = send(token=bad)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "bad_token"), bad
    assert kept() == [("v_2", 4, "road")]
    assert Rejection.objects.filter(store=question.store, code="bad_token").exists()


def test_exposure_token_is_no_question_token(question, decide, experiment, send):
    assert send(token=decide("v_1")["exposure_token"]).status_code == 401


def test_token_of_the_key_before_still_counts(send, question, settings):
    token = token_for("v_1", question.store)
    with override_settings(SECRET_KEY="another", SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert send(token=token).status_code == 200


def test_answer_that_the_question_does_not_have_is_refused(send):
    answer = send("size")
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "tag")
    assert not kept()


@pytest.mark.parametrize("change", [{"is_on": False}, {"number": 5}])
def test_question_that_is_over_takes_no_answer(send, change):
    ConfirmationQuestion.objects.update(**change)
    answer = send()
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "question_ended")
    assert not kept()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"zz", 400),
        (b'{"key": "pk_shop", "question_token": "a", "tag": ""}', 400),
        (b'{"key": "pk_shop", "question_token": "a", "tag": 7}', 400),
        (b'{"key": "pk_shop", "question_token": "a", "tag": "a\\u0000"}', 400),
        (b'{"key": "pk_none", "question_token": "a", "tag": "a"}', 401),
        (b'{"key": "pk_shop", "tag": "' + b"a" * 5_000 + b'"}', 413),
    ],
)
def test_bad_bodies_are_refused_with_a_reason(question, post, body, status):
    answer = post("/v1/answers", body, Origin=SHOP)
    assert (answer.status_code, set(answer.json()["error"]) >= {"code", "message"}) == (status, True)
    assert not kept()


def test_answers_count_towards_the_limit_of_calls(send, monkeypatch):
    monkeypatch.setattr(call, "rate_limit", RateLimit(1))
    assert send().status_code == 200
    answer = send("road")
    assert (answer.status_code, int(answer["Retry-After"]) > 0) == (429, True)
    assert kept() == [("v_1", 4, "trail")]


def test_other_pages_of_the_store_may_not_answer(send):
    assert send(Origin="https://elsewhere.example").status_code == 403
    assert not kept()
