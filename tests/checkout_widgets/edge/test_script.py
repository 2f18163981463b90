"""The snippet's files and the addresses that serve them."""

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.test import Client

from checkout_widgets.edge.script import best_encoding

STATIC = Path(settings.BASE_DIR) / "static"
CODE = (STATIC / "dist" / "upsell.js").read_bytes()
MANIFEST = json.loads((STATIC / "dist" / "manifest.json").read_text())
DIGEST = hashlib.sha256(CODE).hexdigest()[:16]
ADAPTERS = sorted(file.name for file in (STATIC / "src" / "adapters").glob("*.js"))
PARTS = sorted(f"upsell_{file.name}" for file in (STATIC / "src" / "parts").glob("*.js"))


def test_dist_is_built_from_the_sources():
    """Without Node: the manifest names the digest of every source and of the bundle made from them."""
    sources = {
        file.relative_to(STATIC / "src").as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in (STATIC / "src").rglob("*")
        if file.is_file()
    }
    assert MANIFEST["sources"] == sources, "run `make snippet` and commit static/dist"
    assert sorted(MANIFEST["adapters"]) == ADAPTERS
    assert sorted(MANIFEST["parts"]) == PARTS
    assert sorted(file.name for file in (STATIC / "dist").glob("*.js")) == sorted([*ADAPTERS, *PARTS, "upsell.js"])
    for name, described in ({"upsell.js": MANIFEST} | MANIFEST["parts"] | MANIFEST["adapters"]).items():
        code = (STATIC / "dist" / name).read_bytes()
        assert described["bundle"] == hashlib.sha256(code).hexdigest()
        assert described["integrity"] == "sha384-" + base64.b64encode(hashlib.sha384(code).digest()).decode()


def test_core_stays_within_6000_bytes_of_brotli():
    assert len(brotli.compress(CODE)) <= 6000
    assert MANIFEST["brotli_bytes"] <= 6000


def test_parts_stay_within_14000_bytes_together():
    assert sum(len(brotli.compress((STATIC / "dist" / name).read_bytes())) for name in PARTS) <= 14_000


@pytest.mark.parametrize("name", [*PARTS, *ADAPTERS])
def test_part_or_adapter_is_served_like_the_snippet_and_stays_small(client, name):
    code = (STATIC / "dist" / name).read_bytes()
    assert len(brotli.compress(code)) <= (2500 if name in PARTS else 3300)
    response = client.get(f"/s/{name}")
    assert response.content == code
    assert response["Cache-Control"] == "public, max-age=300, stale-while-revalidate=86400"
    digest = hashlib.sha256(code).hexdigest()[:16]
    response = client.get(f"/s/{name.removesuffix('.js')}-{digest}.js")
    assert response.content == code
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get(f"/s/upsell-{digest}.js").status_code == 404


@pytest.mark.parametrize("name", ["manifest", "other", "shopify.min", "..%2Fmanifest", "upsell/x"])
def test_script_of_another_name_is_not_found(client, name):
    assert client.get(f"/s/{name}.js").status_code == 404
    assert client.get(f"/s/{name}-{DIGEST}.js").status_code == 404


def test_newest_is_served_to_any_origin_and_cached_briefly(client):
    response = client.get("/s/upsell.js")
    assert response.status_code == 200
    assert response.content == CODE
    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Cache-Control"] == "public, max-age=300, stale-while-revalidate=86400"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Vary"] == "Accept-Encoding"
    assert not response.has_header("Content-Encoding")


@pytest.mark.parametrize(
    ("accept", "encoding", "decompress"),
    [("gzip, deflate, br", "br", brotli.decompress), ("gzip", "gzip", gzip.decompress), ("deflate", None, bytes)],
)
def test_newest_is_compressed_as_the_browser_accepts(client, accept, encoding, decompress):
    response = client.get("/s/upsell.js", headers={"accept-encoding": accept})
    assert response.get("Content-Encoding") == encoding
    assert decompress(response.content) == CODE


def test_newest_is_not_sent_again_to_a_browser_that_has_it(client):
    tag = client.get("/s/upsell.js")["ETag"]
    response = client.get("/s/upsell.js", headers={"if-none-match": tag, "accept-encoding": "br"})
    assert response.status_code == 304
    assert response.content == b""
    assert client.get("/s/upsell.js", headers={"if-none-match": '"another"'}).status_code == 200


def test_fixed_is_immutable(client):
    response = client.get(f"/s/upsell-{DIGEST}.js")
    assert response.status_code == 200
    assert response.content == CODE
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("digest", ["0123456789abcdef", DIGEST[:-1], DIGEST + "0"])
def test_fixed_of_another_digest_is_not_found(client, digest):
    assert client.get(f"/s/upsell-{digest}.js").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_snippet_cannot_be_written(client: Client, method):
    assert getattr(client, method)("/s/upsell.js").status_code == 405


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("", "identity"),
        ("br", "br"),
        ("gzip;q=1.0, br;q=0.5", "br"),
        ("gzip, br;q=0", "gzip"),
        ("BR ; q=0.000, GZIP", "gzip"),
        ("br;q=0,gzip;q=0", "identity"),
        ("*", "identity"),
        (",,;;=,é", "identity"),
    ],
)
def test_best_encoding_is_the_smallest_allowed(header, encoding):
    assert best_encoding(header) == encoding


def test_what_the_page_can_say_is_documented():
    source = {name: (STATIC / "src" / name).read_text() for name in ("commands.js", "config.js", "layouts/look.css")}
    table = source["commands.js"].partition("const COMMANDS = {")[2].partition("}")[0]
    commands = re.findall(r"^  (\w+)", table, re.MULTILINE)
    properties_read = re.findall(r"attributes\.(\w+)", source["config.js"])
    attributes = [re.sub("([A-Z])", r"-\1", name).lower() for name in properties_read]
    properties = set(re.findall(r"--upsell-[\w-]+", source["layouts/look.css"]))
    assert len(commands) == 13
    assert len(attributes) == 4
    assert len(properties) == 9
    documentation = (Path(settings.BASE_DIR) / "docs" / "snippet.md").read_text()
    wanted = [f"upsell('{name}'" for name in commands] + [f"data-{name}" for name in attributes] + sorted(properties)
    assert [word for word in wanted if word not in documentation] == []
