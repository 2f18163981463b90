"""The probe of containers: asks as the proxy does."""

from config.probe import is_well
from tests.browser.stub import Call, Reply, Server


def test_probe_asks_by_the_hosts_name_and_over_tls(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", "offers.example,edge")
    asked: list[Call] = []

    def answer(call: Call) -> Reply:
        asked.append(call)
        return Reply("ok", status=503 if call.path == "/ill" else 200)

    server = Server(answer)
    try:
        assert is_well(f"{server.url}/healthz")
        assert not is_well(f"{server.url}/ill")
    finally:
        server.close()
    assert (asked[0].headers["Host"], asked[0].headers["X-Forwarded-Proto"]) == ("offers.example", "https")
    assert not is_well("http://127.0.0.1:9/healthz")
