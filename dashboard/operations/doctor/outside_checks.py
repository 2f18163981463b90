"""Whether mail server, console and edge answer at the addresses that the settings name."""

import json
from collections.abc import Iterator
from email.message import Message
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from smtplib import SMTPException
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.core.mail import get_connection
from django.utils import timezone

from checkout_widgets.edge.loading import current_version
from dashboard.operations.doctor.database_checks import CLOCK_TOLERANCE_S
from dashboard.operations.doctor.diagnosis import Diagnosis, ok, problem, warning

# Of each server: an operator waits for the answers of all of them.
PATIENCE_S = 5
SMTP = "django.core.mail.backends.smtp.EmailBackend"
HTTP_SECOND_S = 1  # the header Date has no fractions
# More than any answer that is asked for; what else stands at an address isn't read to its end.
MOST_BYTES = 10_000


class NoRedirects(HTTPRedirectHandler):
    """Says where a server would send us instead of going there."""

    def redirect_request(self, *asked: object) -> None:
        """Go nowhere: the answer is the finding."""


def check_outside() -> Iterator[Diagnosis]:
    """Ask the mail server, the console and the edge."""
    yield from about_mail_server()
    yield from about_console()
    yield from about_edge()


def about_mail_server() -> Iterator[Diagnosis]:
    """Say whether the mail server takes us."""
    if settings.EMAIL_BACKEND != SMTP:
        return
    server = get_connection(timeout=PATIENCE_S)
    try:
        server.open()
        server.close()
    except (OSError, SMTPException) as error:
        text = f"{settings.EMAIL_HOST}, port {settings.EMAIL_PORT}: {type(error).__name__}."
        yield problem("Mail server", text, "Check EMAIL_URL: host, port, user and password, and the firewall.")
    else:
        yield ok("Mail server", f"{settings.EMAIL_HOST} takes our e-mails.")


def ask(address: str) -> tuple[int, Message, bytes]:
    """Return status, headers and body of an address; raises ``OSError`` or ``HTTPException`` where nothing answers."""
    opener = build_opener(NoRedirects)
    request = Request(address, headers={"User-Agent": "offerlift-doctor"})  # noqa: S310  (the operator's own setting)
    try:
        with opener.open(request, timeout=PATIENCE_S) as answer:
            return answer.status, answer.headers, answer.read(MOST_BYTES)
    except HTTPError as error:
        with error:
            return error.code, error.headers, error.read(MOST_BYTES)


def why(error: BaseException) -> str:
    """Return what kept an answer away, without the wrapping that urllib puts around it."""
    return str(getattr(error, "reason", error))


def about_console() -> Iterator[Diagnosis]:
    """Say whether the console answers, and whether its proxy passes on what it must."""
    address = f"{settings.CONSOLE_URL}{settings.SCRIPT_NAME}/login/"
    try:
        status, headers, _ = ask(address)
    except (OSError, HTTPException) as error:
        yield problem(
            "Console", f"{address} doesn't answer: {why(error)}.", "Start it (make serve), or correct CONSOLE_URL."
        )
        return
    if 300 <= status < 400:
        text = f"{address} redirects to {headers.get('Location')}, so nobody can sign in."
        yield problem("Console", text, "Let the proxy send X-Forwarded-Proto: https (docs/nginx/offerlift.conf).")
    elif status != 200:
        yield problem("Console", f"{address} answers {status}.", "Look at the console's log and at ALLOWED_HOSTS.")
    else:
        yield ok("Console", f"{settings.CONSOLE_URL} answers.")
    yield from about_server_clock(headers)


def about_server_clock(headers: Message) -> Iterator[Diagnosis]:
    """Say how far the console's machine is from this one."""
    try:
        at = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return
    apart = abs((timezone.now() - at).total_seconds())
    if apart > CLOCK_TOLERANCE_S + HTTP_SECOND_S:
        text = f"This machine and the console's are {apart:.0f} s apart."
        yield problem("Clocks", text, "Run a time service (chrony, systemd-timesyncd) on both.")


def about_edge() -> Iterator[Diagnosis]:
    """Say whether the edge answers, and with the configuration that the database has."""
    base = settings.EDGE_URL or settings.CONSOLE_URL
    address = f"{base}/healthz"
    try:
        status, _, _ = ask(f"{base}/s/upsell.js")
    except (OSError, HTTPException) as error:
        yield problem("Edge", f"{base} doesn't answer: {why(error)}.", "Start it (make serve), or set EDGE_URL.")
        return
    if status != 200:
        yield problem("Edge", f"{base}/s/upsell.js answers {status}.", "Let the proxy send /s/ and /v1/ to the edge.")
        return
    yield ok("Edge", f"{base} serves the snippet.")
    yield from about_configuration(address)


def about_configuration(address: str) -> Iterator[Diagnosis]:
    """Say whether the edge follows the configuration; nothing where a proxy sends its health elsewhere."""
    try:
        _, _, body = ask(address)
        served = json.loads(body).get("configuration")
    except (OSError, HTTPException, ValueError, AttributeError):
        return
    if served is None:
        return
    if served != current_version():
        text = f"It serves version {served} of the configuration, and the database has {current_version()}."
        yield warning("Edge", text, "Run the doctor again in a minute. If it stays behind, look at the edge's log.")
