"""What a database makes the code say: reports, decisions and whatever else must be the same after an upgrade.

The same functions ask the code of the release before, when the dump is made, and today's code, in the test.
"""

import json
from datetime import UTC, datetime
from typing import Any

from django.test import Client
from django.urls import reverse

from experiments.models import Experiment, Store
from experiments.snapshots import analyse

ASKED_AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
MOMENTS = ["cart", "shipping", "payment", "exit_intent", "confirmation", "follow_up"]
VISITORS = 60
DEVICES = ("phone", "desktop", "tablet")


def reports() -> dict[str, Any]:
    """Every test's report by ``store/test``, as JSON."""
    tests = Experiment._base_manager.select_related(
        "store"
    )  # with holdouts, in every release.order_by("store__slug", "key")
    return {f"{test.store.slug}/{test.key}": analyse(test, now=ASKED_AT).as_json() for test in tests}


def decisions() -> dict[str, Any]:
    """What each store decides for visitors that it hasn't seen, by ``store/visitor``; tokens left out, as they differ
    from second to second."""
    asked = {}
    for store in Store.objects.order_by("slug"):
        for number in range(VISITORS):
            answer = decide(store, f"v_upgrade{number:07d}", MOMENTS, 2_000 + 250 * number, DEVICES[number % 3])
            for decision in answer["decisions"]:
                decision["exposure_token"] = bool(decision["exposure_token"])
            asked[f"{store.slug}/{number}"] = answer
    return asked


def decide(store: Store, visitor_id: str, moments: list[str], cart_minor: int, device: str) -> Any:
    """The edge's answer to a page of the store."""
    return post(
        "decide",
        key=store.site_key,
        visitor_id=visitor_id,
        moments=moments,
        device=device,
        cart={"currency": store.currency, "total_minor": cart_minor, "items": []},
        visitor={"orders": cart_minor % 2, "country": "DE"},
    )


def post(name: str, secret_key: str = "", **body: Any) -> Any:
    """What an endpoint of the edge answers to this body; raises where that is a refusal."""
    headers = {"Authorization": f"Bearer {secret_key}"} if secret_key else {}
    answer = Client(SERVER_NAME="localhost", headers=headers).post(
        reverse(name), data=json.dumps(body), content_type="text/plain"
    )
    if answer.status_code != 200:
        raise AssertionError(f"{name} answered {answer.status_code}: {answer.content!r}")
    return json.loads(answer.content)
