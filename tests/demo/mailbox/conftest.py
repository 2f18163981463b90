"""A mailbox of its own, with a message to a customer in it."""

from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives

from demo.mailbox.delivery import MailboxBackend
from experiments.models import Store
from tests.factories import make_store

BASE = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def box(settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    settings.CONSOLE_URL = BASE
    return tmp_path / "demo_mailbox"


@pytest.fixture
def store(db) -> Store:
    return make_store(slug="demo", name="Pennyfold", currency="GBP", site_key="pk_demo", allowed_origins=[BASE])


def deliver(subject: str = "Thank you", *, html: str = "", number: int = 7, unsubscribe: str = f"{BASE}/m/u/t") -> None:
    email = EmailMultiAlternatives(
        subject=subject,
        body=f"Hello, see {BASE}/m/offer and https://elsewhere.example/x",
        from_email="Pennyfold <hello@pennyfold.example>",
        to=["ada@example.com"],
        headers={
            "Message-ID": f"<offerlift-{number}-0123456789ab@pennyfold.example>",
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    email.attach_alternative(html or f'<a href="{BASE}/m/offer">See it</a><script>alert(1)</script>', "text/html")
    MailboxBackend().send_messages([email])
