"""Who verifies and reads a provider's webhooks: the views of django-anymail, asked without being views."""

import warnings
from functools import lru_cache
from importlib import import_module
from io import BytesIO
from typing import Any

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest

# By the provider's name in MESSAGE_PROVIDER. Amazon SES isn't here: its notifications carry no signature that
# django-anymail checks, and it takes a library of its own.
VIEWS = {
    "brevo": "BrevoTrackingWebhookView",
    "mailersend": "MailerSendTrackingWebhookView",
    "mailgun": "MailgunTrackingWebhookView",
    "mailjet": "MailjetTrackingWebhookView",
    "mailtrap": "MailtrapTrackingWebhookView",
    "mandrill": "MandrillCombinedWebhookView",
    "postal": "PostalTrackingWebhookView",
    "postmark": "PostmarkTrackingWebhookView",
    "resend": "ResendTrackingWebhookView",
    "sendgrid": "SendGridTrackingWebhookView",
    "sparkpost": "SparkPostTrackingWebhookView",
    "unisender_go": "UnisenderGoTrackingWebhookView",
}
# What a reader asks for beside the body; a signature is checked before anything is kept.
KEPT_HEADERS = ("HTTP_SVIX_ID",)


class NotSetUp(Exception):
    """Nothing could be verified: the message says what to set."""


class BadSignature(Exception):
    """Somebody without the secret has sent this."""


class UnreadableBody(Exception):
    """A body that isn't what the provider sends; the message names the kind of error, and nothing of the body."""


class ProviderWebhook:
    """Verifies and reads what one provider sends."""

    def __init__(self, provider: str) -> None:
        """Raise ``NotSetUp`` where what is sent couldn't be verified."""
        module = import_module(f"anymail.webhooks.{provider}")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that anybody could send is refused below
                self.view: Any = getattr(module, VIEWS[provider])()
        except Exception as error:  # of a missing key, or of a library that the provider's signatures need
            raise NotSetUp(f"Webhooks of {provider} can't be verified: {type(error).__name__}. {FIX}") from error
        if self.view.warn_if_no_basic_auth and not self.view.basic_auth:
            raise NotSetUp(f"Webhooks of {provider} can't be verified. {FIX}")

    def verify(self, environ: dict[str, Any], body: bytes) -> None:
        """Raise ``BadSignature`` or ``UnreadableBody``."""
        try:
            self.view.run_validators(request_of(environ, body))
        except AnymailWebhookValidationFailure as error:
            raise BadSignature from error
        except Exception as error:
            raise UnreadableBody(type(error).__name__) from error

    def read(self, environ: dict[str, Any], body: bytes) -> list[AnymailTrackingEvent]:
        """Return the events of a body. Raises ``UnreadableBody``."""
        try:
            events = list(self.view.parse_events(request_of(environ, body)))
        except Exception as error:  # whatever a body can be: a reader is made for those that the provider sends
            raise UnreadableBody(type(error).__name__) from error
        # A provider that forwards e-mails to us, too, says so in the same way.
        return list(filter(is_tracking, events))


def is_tracking(event: object) -> bool:
    """Whether an event is about a message that went out."""
    return isinstance(event, AnymailTrackingEvent)


FIX = "Set ANYMAIL_WEBHOOK_SECRET, or the provider's signing key: docs/messages.md has both."


def verifier_of(provider: str) -> ProviderWebhook:
    """Return who verifies the provider's webhooks. Raises ``NotSetUp``.

    One for all of them. Not for reading: some of the views keep something of the bodies that they have read.
    """
    return cached_webhook(provider, tuple(sorted(settings.ANYMAIL.items())))


@lru_cache(maxsize=16)
def cached_webhook(provider: str, _settings: tuple[tuple[str, str], ...]) -> ProviderWebhook:
    """Keep what verifies a provider's webhooks for as long as the settings are the same."""
    return ProviderWebhook(provider)


def request_of(environ: dict[str, Any], body: bytes) -> WSGIRequest:
    """Return the request that a body came with, as django-anymail reads it."""
    return WSGIRequest({**environ, "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))})


def kept_headers(environ: dict[str, Any]) -> dict[str, str]:
    """Return the headers that are kept beside the body."""
    return {name: str(environ[name])[:200] for name in KEPT_HEADERS if name in environ}


def kept_environ(content_type: str, headers: dict[str, str]) -> dict[str, Any]:
    """Return the surroundings of a body that was kept."""
    return {
        **{"REQUEST_METHOD": "POST", "PATH_INFO": "/", "SERVER_NAME": "localhost", "SERVER_PORT": "80"},
        **{"wsgi.url_scheme": "https", "CONTENT_TYPE": content_type},
        **headers,
    }
