"""Whether the settings fit together, as far as they tell by themselves."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host

from dashboard.operations.doctor.diagnosis import Diagnosis, ok, problem, warning

CONSOLE_MAIL = "django.core.mail.backends.console.EmailBackend"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def check_settings() -> Iterator[Diagnosis]:
    """Look at the settings that a server needs."""
    found = [*about_keys(), *about_hosts(), *about_proxies(), *about_mail()]
    if settings.DEBUG:
        found.append(problem("DEBUG", "It is on: errors show source code and settings.", "Unset DEBUG."))
    if settings.DEMO:
        found.append(warning("DEMO", "The demo store is installed.", "Unset DEMO on a server."))
    yield from found or [ok("Settings", "They fit together.")]


def about_keys() -> Iterator[Diagnosis]:
    """Say where the secret key comes from, if another machine can't have the same."""
    if not os.environ.get("SECRET_KEY") and not settings.HAS_EMBEDDED_POSTGRES:
        yield warning(
            "SECRET_KEY",
            f"It is not set, so this machine uses the one in {settings.DATA_DIR}/secret_key.",
            "Set SECRET_KEY to the same value for all processes; otherwise tokens of one machine fail on another.",
        )


def about_hosts() -> Iterator[Diagnosis]:
    """Say which of the addresses that pages use wouldn't be answered."""
    for name in ("CONSOLE_URL", "EDGE_URL"):
        host = urlsplit(getattr(settings, name)).hostname
        if host and not validate_host(host, settings.ALLOWED_HOSTS):
            yield problem("ALLOWED_HOSTS", f"It doesn't contain {host}, the host of {name}.", f"Add {host}.")
    if "*" in settings.ALLOWED_HOSTS:
        yield warning(
            "ALLOWED_HOSTS", "Any host name is answered.", "List the host names of the console and of the edge."
        )


def about_proxies() -> Iterator[Diagnosis]:
    """Say where TLS or the client's address would get lost behind a proxy."""
    console = urlsplit(settings.CONSOLE_URL)
    if console.scheme == "http" and console.hostname not in LOOPBACK:
        yield problem(
            "CONSOLE_URL",
            f"{settings.CONSOLE_URL} is not encrypted: passwords can be read on the way.",
            "Put a proxy with TLS in front (docs/nginx/offerlift.conf), and set CONSOLE_URL to its https:// address.",
        )
    if console.scheme == "https" and not settings.IS_HTTPS:
        yield problem("HTTPS", "It is off, so cookies are sent without TLS too.", "Set HTTPS=1.")
    if not settings.IS_HTTPS:
        return
    for name in ("CONSOLE_PROXIES", "EDGE_PROXIES"):
        if not getattr(settings, name):
            yield problem(
                name,
                "It is 0, although HTTPS=1 says that there is a proxy: all clients count as one address.",
                f"Set {name} to the number of proxies, usually 1.",
            )


def about_mail() -> Iterator[Diagnosis]:
    """Say where e-mails go to nobody."""
    if settings.EMAIL_BACKEND == CONSOLE_MAIL:
        yield warning(
            "EMAIL_URL",
            "It is not set: notifications and password links are written to the log.",
            "Set EMAIL_URL, for example to smtp+tls://user:password@host:587, and MAIL_FROM.",
        )
