"""The widget gallery: every kind of offer in every layout, in every language."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from checkout_widgets.models import Layout, OfferKind
from dashboard.gallery import samples
from tests import factories

pytestmark = pytest.mark.django_db
KEY = re.compile(r'data-key="([^"]+)"')
LANGUAGES = ["en", "de", "fr", "es", "nl", "pl", "ar"]


@pytest.fixture
def reader(client: Client) -> Client:
    client.force_login(factories.make_user())
    return client


def shown(client: Client, **wanted: str) -> dict[str, Any]:
    """The content that the snippet on a frame's stage gets."""
    page = client.get("/widgets/frame/", wanted)
    assert page.status_code == 200
    key = KEY.search(page.content.decode())
    assert key
    answer = Client().post("/stage/v1/decide", json.dumps({"key": key[1]}), content_type="text/plain")
    assert answer["Access-Control-Allow-Origin"] == "*"
    [decision] = answer.json()["decisions"]
    content: dict[str, Any] = decision["content"]
    return content


@pytest.mark.parametrize("layout", Layout.values)
def test_gallery_frames_every_kind_on_both_devices(reader, layout):
    page = reader.get("/widgets/", {"layout": layout, "language": "de", "scheme": "dark"}).content.decode()
    frames = re.findall(r'<iframe src="([^"]+)"', page)
    assert len(frames) == 2 * len(OfferKind.values)
    for kind in OfferKind.values:
        assert sum(f"layout={layout}&amp;kind={kind}&amp;language=de&amp;scheme=dark" in frame for frame in frames) == 2


@pytest.mark.parametrize("kind", OfferKind.values)
@pytest.mark.parametrize("layout", Layout.values)
def test_frame_shows_the_kind_in_the_layout(reader, layout, kind):
    needs = {"comparison": OfferKind.UPGRADE, "quantity_break": OfferKind.QUANTITY_BREAK}
    expected = layout if needs.get(layout, kind) == kind else "card"
    content = shown(reader, layout=layout, kind=kind, language="en")
    assert content["layout"] == expected
    assert content["headline"]
    assert "{" not in json.dumps([content[name] for name in ("headline", "reason", "proof", "accept_label")])
    assert ("progress" in content) is (layout == "free_shipping")


@pytest.mark.parametrize("language", LANGUAGES)
def test_frame_speaks_the_language(reader, language):
    content = shown(reader, kind="cross_sell", language=language)
    assert content["headline"] == samples.COPY["kinds"]["cross_sell"][language][0]
    assert content["direction"] == ("rtl" if language == "ar" else "ltr")
    assert "1" in content["proof"]  # 1,240 orders
    page = reader.get("/widgets/frame/", {"language": language, "scheme": "dark"}).content.decode()
    assert f'<html lang="{language}" class="dark">' in page


def test_copy_is_complete():
    assert samples.COPY["kinds"].keys() == set(OfferKind.values) == set(samples.SAMPLES)
    parts = [samples.COPY["labels"], samples.COPY["proof"], samples.COPY["comparison"], *samples.COPY["kinds"].values()]
    assert all(list(part) == LANGUAGES for part in parts)


def test_frame_can_be_framed_by_the_console_alone(reader):
    response = reader.get("/widgets/frame/")
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    assert reader.get("/widgets/")["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("path", ["/widgets/", "/widgets/frame/"])
def test_gallery_asks_to_sign_in(client, path):
    assert client.get(path).status_code == 302


@pytest.mark.parametrize("wanted", [{"layout": "billboard"}, {"kind": "\x00"}, {"language": "xx", "scheme": "<b>"}])
def test_gallery_of_what_is_not_there_shows_the_first(reader, wanted):
    assert reader.get("/widgets/", wanted).status_code == 200
    assert shown(reader, **wanted)["layout"] == "card"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"key": 5}', b'{"key": "forged:1:x"}', b"\xff", b'"x"', b"null"])
def test_stage_answers_nothing_that_was_not_signed(client, body):
    response = client.post("/stage/v1/decide", body, content_type="text/plain")
    assert (response.status_code, response.json()["error"]["code"]) == (401, "bad_token")
