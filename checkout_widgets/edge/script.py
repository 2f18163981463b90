"""The snippet, its parts and its adapters: always the newest at one address, a fixed one at another."""

import gzip
import hashlib
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import brotli
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

FRESH = "public, max-age=300, stale-while-revalidate=86400"
FOREVER = "public, max-age=31536000, immutable"
DIGEST_LENGTH = 16


@dataclass(frozen=True)
class Bundle:
    """A built script: ``digest`` is the start of its SHA-256, ``bodies`` its bytes by content encoding.

    ``integrity`` is what a page names so that the browser runs no other bytes (Subresource Integrity).
    """

    digest: str
    integrity: str
    bodies: dict[str, bytes]

    @classmethod
    def read(cls, file: Path) -> "Bundle":
        """Read a file and compress it."""
        code = file.read_bytes()
        return cls(
            digest=hashlib.sha256(code).hexdigest()[:DIGEST_LENGTH],
            integrity="sha384-" + b64encode(hashlib.sha384(code).digest()).decode(),
            bodies={"br": brotli.compress(code), "gzip": gzip.compress(code, mtime=0), "identity": code},
        )


@cache
def bundles() -> dict[str, Bundle]:
    """Return the scripts of ``static/dist`` by name (``upsell``, ``shopify``, ...), read once per process."""
    files = (settings.BASE_DIR / "static" / "dist").glob("*.js")
    return {file.stem: Bundle.read(file) for file in files}


def bundle(name: str) -> Bundle:
    """Return the script of this name. Raises ``Http404``."""
    try:
        return bundles()[name]
    except KeyError:
        raise Http404("This server has no script of that name.") from None


def best_encoding(accept_encoding: str) -> str:
    """Return the best encoding that an ``Accept-Encoding`` header allows (RFC 9110, 12.5.3)."""
    accepted = set()
    for item in accept_encoding.lower().split(","):
        name, _, parameters = item.partition(";")
        if parameters.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}:
            accepted.add(name.strip())
    for name in ("br", "gzip"):
        if name in accepted:
            return name
    return "identity"


def respond(request: HttpRequest, script: Bundle, cache_control: str) -> HttpResponse:
    """Return the script in the best encoding, for any page of any origin."""
    encoding = best_encoding(request.headers.get("Accept-Encoding", ""))
    response = HttpResponse(script.bodies[encoding], content_type="text/javascript; charset=utf-8")
    if encoding != "identity":
        response["Content-Encoding"] = encoding
    response["Vary"] = "Accept-Encoding"
    response["Cache-Control"] = cache_control
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def etag(request: HttpRequest, name: str) -> str:
    """Return one weak tag for all encodings."""
    return f'W/"{bundle(name).digest}"'


@require_safe
@condition(etag_func=etag)
def newest(request: HttpRequest, name: str) -> HttpResponse:
    """``/s/upsell.js``, ``/s/shopify.js``, ...: follow every release within minutes."""
    return respond(request, bundle(name), FRESH)


@require_safe
def fixed(request: HttpRequest, name: str, digest: str) -> HttpResponse:
    """``/s/upsell-<digest>.js``, ...: never changes, so that a page can name its integrity hash."""
    if digest != bundle(name).digest:
        raise Http404("This server has no script of that digest.")
    return respond(request, bundle(name), FOREVER)
