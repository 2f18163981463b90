"""Signed links to the store's page, which show one variant there for a day; nothing is recorded."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.core import signing
from django.utils.translation import get_language, gettext_lazy

from experiments.models import Variant

PARAMETER = "offerlift_preview"
LIFETIME = timedelta(hours=24)
SALT = "upsell.preview"
NO_PAGE = gettext_lazy("Set a page for previews, or an allowed origin, in the store's settings first.")


class PreviewRequest(NamedTuple):
    """What a link asks for: a variant, and how its bar was last switched.

    ``reader`` is the language of the bar; ``locale`` and ``device`` go before what the page says,
    unless they are empty.
    """

    store_id: int
    experiment_id: int
    variant_id: int
    reader: str = ""
    locale: str = ""
    device: str = ""


def preview_link(variant: Variant) -> str:
    """Return the store's page with a signed request for this variant; empty where the store has none for previews."""
    page = variant.experiment.store.preview_page
    if not page:
        return ""
    asked = PreviewRequest(variant.experiment.store_id, variant.experiment_id, variant.pk, get_language() or "")
    parts = urlsplit(page)
    query = "&".join(filter(None, (parts.query, urlencode({PARAMETER: sign(asked)}))))
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, parts.fragment))


def sign(asked: PreviewRequest) -> str:
    """Return the token of a request."""
    return signing.dumps(asked, salt=SALT)


def read(store_id: int, token: str) -> PreviewRequest | None:
    """Return what the token asks for; None where it has expired, or is another store's."""
    try:
        signed = signing.loads(token, salt=SALT, max_age=LIFETIME)
    except (signing.BadSignature, ValueError):
        return None
    asked = request_of(signed)
    if asked.store_id != store_id:
        return None
    return asked


def request_of(signed: Sequence[int | str]) -> PreviewRequest:
    """Return the request that was signed; the release before signed three ids alone."""
    return PreviewRequest(*signed)  # type: ignore[arg-type]
