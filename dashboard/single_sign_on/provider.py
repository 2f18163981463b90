"""The provider, asked by Authlib: its endpoints from its own discovery document, its tokens verified by its keys.

Nothing that a browser sends chooses an address: all of them come from ``OIDC_ISSUER``. Redirects, proxies and
``.netrc`` of the environment aren't followed, and each call ends within ``TIMEOUT_S`` of silence.
"""

import ssl
import time
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import DjangoIntegration, DjangoOAuth2App
from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from joserfc.errors import JoseError
from requests import RequestException, Response

from config.single_sign_on import LOOPBACK, SingleSignOn
from dashboard.models import SignOnRefusalReason
from dashboard.single_sign_on.identity import Identity, NoSubjectError

# Somebody waits in the browser meanwhile, and a thread of the console with them.
TIMEOUT_S = 5
LEEWAY_S = 60  # of the provider's clock
KEPT_S = 3600  # how long a discovery document and its keys are used; unknown keys are asked for at once
# Signatures by a key pair. Neither "none" nor those by a secret, whatever the provider's document says.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class NotSignedOnError(Exception):
    """Somebody isn't logged in, and why; ``detail`` is for the audit, and holds nothing secret."""

    def __init__(self, reason: SignOnRefusalReason, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


def settled() -> SingleSignOn:
    """Return the provider that is set up; views ask first whether there is one."""
    provider: SingleSignOn | None = settings.SINGLE_SIGN_ON
    if provider is None:
        raise NotSignedOnError(SignOnRefusalReason.UNREACHABLE, "No provider is set up.")
    return provider


class ProviderSession(OAuth2Session):  # type: ignore[misc]
    """Calls the provider, and nobody else."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.trust_env = False
        # the machine's own authorities, or those of SSL_CERT_FILE, such as a company's
        self.verify = ssl.get_default_verify_paths().cafile or True

    def request(self, method: str, url: str, *arguments: Any, **more: Any) -> Response:
        """Send a request. Raises ``RequestException`` for a redirect, and for an address without TLS."""
        if not is_protected(url):
            raise RequestException("The provider names an address without TLS.")
        answer: Response = super().request(method, url, *arguments, **(more | {"allow_redirects": False}))
        if answer.is_redirect:
            raise RequestException("The provider redirects a call.")
        return answer


class ProviderApp(DjangoOAuth2App):  # type: ignore[misc]
    """The exchange with the provider: state, nonce and PKCE kept in the session, each used once."""

    client_cls = ProviderSession

    def load_server_metadata(self) -> dict[str, Any]:
        """Return the provider's discovery document. Raises ``NotSignedOnError`` where it is another provider's."""
        metadata: dict[str, Any] = super().load_server_metadata()
        require_fitting(metadata, settled())
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [name for name in ALGORITHMS if name in offered]
        return metadata


def require_fitting(metadata: dict[str, Any], provider: SingleSignOn) -> None:
    """Raise ``NotSignedOnError`` unless a discovery document is the issuer's, and names what we need."""
    issuer = metadata.get("issuer")
    if not isinstance(issuer, str) or issuer.rstrip("/") != provider.issuer:
        raise NotSignedOnError(SignOnRefusalReason.UNREACHABLE, "The discovery document names another issuer.")
    for name in ENDPOINTS:
        if not is_protected(str(metadata.get(name, ""))):
            raise NotSignedOnError(SignOnRefusalReason.UNREACHABLE, f"The discovery document has no usable {name}.")


def is_protected(url: str) -> bool:
    """Whether nobody on the way can read a call: TLS, or this machine itself."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def app() -> ProviderApp:
    """Return the provider with its discovery document, which is read anew each hour."""
    return app_of(settled().issuer, settled().client_id, int(time.time() // KEPT_S))


# Two: at the turn of the hour logins that began before it still end.
@lru_cache(maxsize=2)
def app_of(issuer: str, client_id: str, hour: int) -> ProviderApp:
    """Return the provider of one hour, so that keys and endpoints that it takes away aren't used for ever."""
    provider = settled()
    return ProviderApp(
        DjangoIntegration("sign_on"),
        "sign_on",
        client_id=client_id,
        client_secret=provider.client_secret,
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": provider.scopes,
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT_S,
        },
    )


def callback_url() -> str:
    """Return where the provider sends people back to: an address of the operator's, as it is registered there."""
    return f"{settings.CONSOLE_URL}{reverse('dashboard:sign_on_callback')}"


def begin(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider. Raises ``NotSignedOnError``."""
    try:
        redirect: HttpResponse = app().authorize_redirect(request, callback_url())
    except (AuthlibBaseError, RequestException, ValueError, TypeError, KeyError, RuntimeError) as error:
        raise NotSignedOnError(SignOnRefusalReason.UNREACHABLE, name_of(error)) from error
    return redirect


def finish(request: HttpRequest) -> Identity:
    """Return who the provider says it is. Raises ``NotSignedOnError``."""
    if "error" in request.GET:
        forget_state(request)
        raise NotSignedOnError(SignOnRefusalReason.DENIED, request.GET["error"][:60])
    state = request.GET.get("state", "")
    # Authlib would take a state that is too old; the session has it for one answer in any case.
    if not request.session.get(state_key(state)):
        raise NotSignedOnError(SignOnRefusalReason.WRONG_STATE)
    claims, token = verified_claims(request)
    provider = settled()
    if not {"email", "email_verified", provider.groups_claim} <= claims.keys():
        claims = added_user_info(token, claims)
    try:
        return Identity.of(claims, provider)
    except NoSubjectError as error:
        raise NotSignedOnError(SignOnRefusalReason.WRONG_TOKEN, "No usable subject.") from error


def verified_claims(request: HttpRequest) -> tuple[dict[str, Any], dict[str, Any]]:
    """Exchange the code, and return the verified claims with the tokens they came with. Raises ``NotSignedOnError``."""
    provider = app()
    try:
        metadata = provider.load_server_metadata()
        # Without these, Authlib takes a token for somebody else that names us as authorized party.
        expected = {
            "iss": {"essential": True, "value": metadata["issuer"]},
            "aud": {"essential": True, "validate": is_for_us},
        }
        token: dict[str, Any] = provider.authorize_access_token(request, claims_options=expected, leeway=LEEWAY_S)
        return dict(token["userinfo"]), token
    except RequestException as error:
        raise NotSignedOnError(SignOnRefusalReason.UNREACHABLE, name_of(error)) from error
    # What comes from the provider may be of any shape; nothing of it may be a fault of ours.
    except (AuthlibBaseError, JoseError, ValueError, TypeError, KeyError, RuntimeError) as error:
        raise NotSignedOnError(SignOnRefusalReason.WRONG_TOKEN, name_of(error)) from error


def is_for_us(claims: dict[str, Any], audience: Any) -> bool:
    """Whether a token is meant for us: the only audience, as the azp of Authlib's check covers several."""
    client_id = settled().client_id
    return audience in (client_id, [client_id])


def added_user_info(token: dict[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
    """Return the claims with what the provider says only when asked; the signed ones win.

    Raises ``NotSignedOnError``.
    """
    provider = app()
    try:
        if "userinfo_endpoint" not in provider.load_server_metadata():
            return claims
        more = dict(provider.userinfo(token=token))
    except (AuthlibBaseError, RequestException, ValueError, TypeError, KeyError) as error:
        raise NotSignedOnError(SignOnRefusalReason.UNREACHABLE, name_of(error)) from error
    # OpenID Connect Core 5.3.2: another subject means that the answer is somebody else's.
    if more.get("sub") != claims["sub"]:
        raise NotSignedOnError(SignOnRefusalReason.WRONG_TOKEN, "The user info is of another subject.")
    return more | claims


def state_key(state: str) -> str:
    """Return where Authlib keeps what belongs to a state."""
    return f"_state_sign_on_{state}"


def forget_state(request: HttpRequest) -> None:
    """Let the state of an answer be used no more."""
    request.session.pop(state_key(request.GET.get("state", "")), None)


def name_of(error: Exception) -> str:
    """Return what kind of error it was; its text may hold addresses with codes in them."""
    code = getattr(error, "error", "") or ""
    claim = getattr(error, "claim_name", "") or getattr(error, "claim", "") or ""
    return " ".join(part for part in (type(error).__name__, str(code), str(claim)) if part)[:200]
