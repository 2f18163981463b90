"""Clients of tests logged in by one row of a session.

As Django does it, ``force_login`` takes seventeen statements, and many tests call it. What is left out is what
logging in does beside: no time of the last login, no signal, no new key for a session that is there. Tests of the login
send the form.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.test import Client
from django.utils.crypto import get_random_string

by_django = Client._login  # type: ignore[attr-defined]


def log_in(client: Any, user: User, backend: str | None = None) -> None:
    """Log a client in; one that has a session already as Django does it."""
    if settings.SESSION_COOKIE_NAME in client.cookies:
        by_django(client, user, backend)
        return
    store = import_module(settings.SESSION_ENGINE).SessionStore
    values = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: backend or user.backend,
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    key = get_random_string(32, VALID_KEY_CHARS)
    unsaved = store()
    Session.objects.create(session_key=key, session_data=unsaved.encode(values), expire_date=unsaved.get_expiry_date())
    request = HttpRequest()
    request.session = store(key)
    client._set_login_cookies(request)


@contextmanager
def quick_login() -> Iterator[None]:
    """Let clients log in quickly meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "_login", log_in)
        yield
