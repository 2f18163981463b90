"""A provider that none of us wrote (oidc-provider-mock), on loopback, whose tokens can be changed on their way out."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs

import flask
import oidc_provider_mock
import requests
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

Tokens = dict[str, Any]
Claims = dict[str, Any]


@dataclass
class TamperedProvider:
    """``tamper`` changes what the token endpoint answers; ``asked`` are the forms that came there."""

    url: str = ""
    key: RSAKey | None = None
    tamper: Callable[[Tokens], Tokens] | None = None
    refusal: bytes = b""  # what the token endpoint says to everybody, with the status 401
    metadata: dict[str, Any] = field(default_factory=dict)
    asked: list[dict[str, list[str]]] = field(default_factory=list)

    def set_person(self, subject: str, **claims: Any) -> None:
        """Say what the provider knows of somebody."""
        requests.put(f"{self.url}/users/{subject}", json=claims, timeout=10).raise_for_status()

    def consent(self, address: str, subject: str) -> str:
        """Log in at the provider as somebody; the answer is where it sends the browser."""
        answer = requests.post(address, data={"sub": subject}, allow_redirects=False, timeout=10)
        return str(answer.headers["location"])

    def change_claims(self, change: Callable[[Claims], Claims], key: RSAKey | None = None) -> None:
        """Let tokens say something else, signed by the provider's own key, or by another one that bears its name."""

        def tamper(tokens: Tokens) -> Tokens:
            assert self.key is not None
            claims = dict(jwt.decode(tokens["id_token"], self.key).claims)
            header = {"alg": "RS256", "kid": self.key.kid}
            return tokens | {"id_token": jwt.encode(header, change(claims), key or self.key)}

        self.tamper = tamper

    def honest(self) -> None:
        """Change nothing any more."""
        self.tamper, self.refusal, self.metadata, self.asked = None, b"", {}, []


def wrapped(application: Any, provider: TamperedProvider) -> Callable[..., Any]:
    """A WSGI application that answers as another one does, but for what is tampered with."""

    def application_with_changes(environ: dict[str, Any], start_response: Any) -> Any:
        path = environ["PATH_INFO"]
        if path not in {"/oauth2/token", "/.well-known/openid-configuration"}:
            return application(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(body)
        started: list[Any] = []
        sent = b"".join(application(environ, lambda *all_of_it: started.append(all_of_it)))
        status, headers = started[0][:2]
        if path == "/oauth2/token":
            provider.asked.append(parse_qs(body.decode()))
        if path == "/oauth2/token" and provider.refusal:
            status, sent = "401 Unauthorized", provider.refusal
        if status.startswith("200"):
            sent = json.dumps(changed(json.loads(sent), path, provider)).encode()
        kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
        start_response(status, [*kept, ("Content-Length", str(len(sent)))])
        return [sent]

    return application_with_changes


def changed(answer: dict[str, Any], path: str, provider: TamperedProvider) -> dict[str, Any]:
    """What the provider says instead."""
    if path != "/oauth2/token":
        return answer | provider.metadata
    if provider.tamper is None:
        return answer
    return provider.tamper(answer)


@contextmanager
def running_provider() -> Iterator[TamperedProvider]:
    """Run one until the block ends."""
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # the provider's own switch for loopback without TLS
    provider, application = TamperedProvider(), oidc_provider_mock.app(require_nonce=True)

    @application.before_request  # type: ignore[untyped-decorator]
    def note_key() -> None:
        jwk = flask.g.oidc_provider_mock_storage.jwk
        if provider.key is None:
            provider.key = RSAKey.import_key(jwk.as_dict(is_private=True))

    server = make_server("localhost", 0, wrapped(application, provider), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    provider.url = f"http://localhost:{server.server_port}"
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
