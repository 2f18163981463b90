"""Pages follow the reader's language; what programs ask for doesn't, whichever page the same thread made before."""

import pytest
from django.utils import translation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_languages(settings):
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]


@pytest.mark.parametrize(("asked", "answered"), [("de", "de"), ("de-AT, en;q=0.5", "de"), ("fr", "en"), ("", "en")])
def test_page_is_in_the_language_of_the_browser(client, asked, answered):
    response = client.get("/login/", headers={"accept-language": asked})
    assert response["Content-Language"] == answered
    assert "Accept-Language" in response["Vary"]


@pytest.mark.parametrize(
    "path",
    ["/healthz", "/api/v1/experiments/", "/v1/moments", "/s/upsell.js", "/tests/shop/cart/export/report.json"],
)
def test_what_programs_ask_for_has_one_language(client, path):
    translation.activate("de")
    response = client.get(path, headers={"accept-language": "de"})
    assert "Accept-Language" not in response.get("Vary", "")
    assert "Content-Language" not in response


def test_message_of_the_read_api_is_english(client):
    response = client.get("/api/v1/experiments/", headers={"accept-language": "de"})
    assert response.status_code in {401, 403}
    assert "Anmeldedaten" not in response.content.decode()
    assert response.json() == client.get("/api/v1/experiments/").json()
