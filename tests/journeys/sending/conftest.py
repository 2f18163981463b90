from collections.abc import Iterator

import pytest

from tests.journeys.sending.mail_server import MailServer, mail_server


@pytest.fixture
def server(settings, tmp_path) -> Iterator[MailServer]:
    """A mail server, which messages go out by."""
    settings.DATA_DIR = tmp_path
    settings.ADDRESS_KEYS, settings.ADDRESS_DIGEST_KEY = ["a key of the tests"], "another one"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with mail_server() as running:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        yield running
