"""The clients for a shop's server against the edge's own endpoints, and their types against its description."""

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from checkout_widgets.edge import description, live_configuration
from checkout_widgets.models import Acceptance
from experiments.models import Exposure, Order, Store, WidgetEvent
from tests import factories
from tests.fake_edges import NODE, ROOT

FOLDER = Path(__file__).parent
PYTHON_CLIENT = ROOT / "integrations" / "python"
COMMANDS = {
    "javascript": [*NODE, str(FOLDER / "conversation.mjs")],
    "python": [sys.executable, str(FOLDER / "conversation.py")],
}
SECRET_KEY = "sk_shop_0123456789abcdef0123456789abcdef"
ACCOUNT = {
    "locale": "en",
    "currency": "EUR",
    "plan": "trial",
    "plan_price_minor": 1900,
    "allows_measurement": True,
}
OPERATIONS = ("/v1/decide", "/v1/events", "/v1/accept", "/v1/acceptances/redeem", "/v1/orders")


@pytest.fixture
def store(transactional_db: None) -> Store:
    store = factories.make_store(slug="shop", site_key="pk_shop", secret_key=SECRET_KEY)
    factories.make_live_experiment(store, key="cart-accessory", salt="salt")
    return store


def accepted(client: Any) -> str:
    """The token of an offer that a visitor has accepted on the shop's page."""
    live_configuration.refresh()
    for number in range(100):
        asked = {"key": "pk_shop", "visitor_id": f"v_{number}", "moments": ["cart"]}
        decision = client.post("/v1/decide", json.dumps(asked), "text/plain").json()["decisions"][0]
        if decision["content"]:
            break
    accept = {
        "key": "pk_shop",
        "visitor_id": asked["visitor_id"],
        "exposure_token": decision["exposure_token"],
        "idempotency_key": "one",
    }
    token: str = client.post("/v1/accept", json.dumps(accept), "text/plain").json()["acceptance_token"]
    return token


@pytest.mark.slow
@pytest.mark.parametrize("language", COMMANDS)
def test_client_decides_redeems_and_sends_orders(store: Store, client: Any, live_server: LiveServer, language: str):
    token = accepted(client)
    command = [*COMMANDS[language], live_server.url, SECRET_KEY, token]
    environment = {"PYTHONPATH": str(PYTHON_CLIENT)}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert said["decided"]["decisions"][0]["experiment"] == "cart-accessory"
    assert (said["claims"]["total_minor"], said["claims"]["currency"]) == (990, "EUR")
    assert said["again"] == said["claims"]
    assert said["receipt"]["created"] is True
    assert said["refused"] == [
        [409, "already_redeemed", None],
        [400, "bad_field", "currency"],
        [401, "unknown_key", None],
        [0, "no_answer", None],
    ]
    order = Order.objects.get()
    assert (order.external_id, order.total_minor) == ("5501", 990)
    assert Acceptance.objects.get().redeemed_at is not None


@pytest.fixture
def trial_end(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The example of an app's server, as its project would import it."""
    monkeypatch.syspath_prepend(str(PYTHON_CLIENT))
    return importlib.import_module("trial_end")


def events_of(visitor_id: str) -> list[str]:
    return sorted(WidgetEvent.objects.filter(visitor_id=visitor_id).values_list("type", flat=True))


@pytest.mark.slow
def test_end_of_a_trial_is_counted_alike_and_charged_at_the_signed_price(
    store: Store, live_server: LiveServer, trial_end: ModuleType
):
    factories.make_live_experiment(store, key="trial-end", moment="payment", salt="trial")
    live_configuration.refresh()
    offerlift = trial_end.Offerlift(live_server.url, SECRET_KEY, decide_timeout_s=5)
    seen = {}
    for number in range(40):
        account = ACCOUNT | {"id": str(number)}
        decision = trial_end.decision_for(offerlift, account)
        trial_end.screen_was_shown(offerlift, account, decision)
        seen[decision["variant"]] = account, decision
    control, treatment = seen["control"], seen["treatment"]
    assert control[1]["content"] is None
    assert events_of(f"account:{control[0]['id']}") == ["exposure"]
    charged = trial_end.offer_was_accepted(offerlift, *treatment)
    again = trial_end.offer_was_accepted(offerlift, *treatment)
    assert charged == again
    assert [line["price_minor"] for line in charged["lines"]] == [990]
    assert events_of(f"account:{treatment[0]['id']}") == ["accept", "accept", "exposure", "impression"]
    assert Exposure.objects.filter(experiment__key="trial-end").count() == 40


def test_end_of_a_trial_shows_the_apps_own_screen_where_the_edge_is_away(trial_end: ModuleType):
    offerlift = trial_end.Offerlift("http://127.0.0.1:9", SECRET_KEY)
    assert trial_end.decision_for(offerlift, ACCOUNT | {"id": "1"}) is None


def described_types() -> dict[str, set[str]]:
    """The fields of each type that the clients' operations take or answer, by name."""
    document = description.document()
    text = json.dumps({path: document["paths"][path] for path in OPERATIONS})
    schemas = document["components"]["schemas"]
    found: dict[str, set[str]] = {}
    waiting = re.findall(r"#/components/schemas/(\w+)", text)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = set(schemas[name].get("properties", {}))
            waiting += re.findall(r"#/components/schemas/(\w+)", json.dumps(schemas[name]))
    return {name: fields for name, fields in found.items() if fields}


def test_types_of_the_python_client_are_those_of_the_description():
    namespace: dict[str, Any] = {}
    exec((PYTHON_CLIENT / "offerlift_types.py").read_text(), namespace)
    types = {name: set(namespace[name].__annotations__) for name in described_types()}
    assert types == described_types()


def test_types_of_the_javascript_client_are_those_of_the_description():
    text = (ROOT / "integrations" / "snippet" / "edge-api.d.ts").read_text()
    written = text[text.index("schemas: {") :]
    types = {}
    for name in described_types():
        body = re.search(rf"^        {name}: \{{\n(.*?)^        \}};", written, re.MULTILINE | re.DOTALL)
        assert body, name
        types[name] = set(re.findall(r"^            \"?(\w+)\"?\??:", body[1], re.MULTILINE))
    assert types == described_types()
