"""Whether the provider of single sign-on answers as its settings say."""

from collections.abc import Iterator
from typing import Any

from authlib.common.errors import AuthlibBaseError
from django.conf import settings
from requests import RequestException

from config.single_sign_on import SingleSignOn
from dashboard.operations.doctor.diagnosis import Diagnosis, ok, problem, warning
from dashboard.single_sign_on import provider
from experiments.models import Store

# What RFC 6749 (5.2) has for a client that isn't known or shows a wrong secret; other errors are about the code.
WRONG_CLIENT = frozenset({"invalid_client", "unauthorized_client"})
NO_CODE = "offerlift-doctor"


def check_single_sign_on() -> Iterator[Diagnosis]:
    """Ask the provider for its discovery document, and for a token that there isn't."""
    settled: SingleSignOn | None = settings.SINGLE_SIGN_ON
    if settled is None:
        return
    yield from about_stores(settled)
    try:
        metadata = provider.app().load_server_metadata()
    except provider.NotSignedOnError as error:
        yield problem(
            "OIDC_ISSUER", error.detail, f"Compare it with {settled.issuer}/.well-known/openid-configuration."
        )
        return
    except (AuthlibBaseError, RequestException, ValueError, TypeError) as error:
        text = f"{settled.issuer} gives no discovery document: {type(error).__name__}."
        yield problem("OIDC_ISSUER", text, "Check the address, the firewall, and the certificate (SSL_CERT_FILE).")
        return
    found = [*about_features(settled, metadata), *about_client()]
    yield from found or [ok("Single sign-on", f"{settled.name} answers. Redirect URI: {provider.callback_url()}")]


def about_stores(settled: SingleSignOn) -> Iterator[Diagnosis]:
    """Name the stores of ``OIDC_ROLES`` that there aren't."""
    known = set(Store.objects.filter(slug__in=settled.stores).values_list("slug", flat=True))
    missing = ", ".join(sorted(settled.stores - known))
    if missing:
        yield problem("OIDC_ROLES", f"No store has the slug {missing}.", "Use the slugs of the admin's list of stores.")


def about_features(settled: SingleSignOn, metadata: dict[str, Any]) -> Iterator[Diagnosis]:
    """Say what the provider's document doesn't offer."""
    if not metadata["id_token_signing_alg_values_supported"]:
        yield problem(
            "OIDC_ISSUER",
            "The provider signs by no key pair that Offerlift verifies.",
            f"Let it sign this client's ID tokens by one of {', '.join(provider.ALGORITHMS)}.",
        )
    if "S256" not in metadata.get("code_challenge_methods_supported", ["S256"]):
        yield warning("OIDC_ISSUER", "The provider doesn't say that it knows PKCE (S256).", "Turn it on there.")
    claims = metadata.get("claims_supported")
    if settled.roles and claims and settled.groups_claim not in claims:
        yield warning(
            "OIDC_GROUPS_CLAIM",
            f"The provider doesn't list the claim {settled.groups_claim!r}, so groups may give no roles.",
            "Add the claim to this client there, or name the one that it sends.",
        )


def about_client() -> Iterator[Diagnosis]:
    """Say whether the provider takes our client ID and secret, by a code that it can't know."""
    try:
        provider.app().fetch_access_token(redirect_uri=provider.callback_url(), code=NO_CODE, code_verifier=NO_CODE * 3)
    except AuthlibBaseError as error:
        if error.error in WRONG_CLIENT:
            yield problem(
                "OIDC_CLIENT_SECRET",
                "The provider doesn't know this client ID with this secret.",
                "Copy both from the provider's page of this client.",
            )
    except (RequestException, ValueError, TypeError, KeyError) as error:
        yield problem("OIDC_ISSUER", f"Its token endpoint fails: {type(error).__name__}.", "Check the firewall.")
