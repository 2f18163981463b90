"""The dashboard, as somebody who was a member before."""

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse


def console() -> Client:
    """The dashboard, as somebody who was a member before."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username="ada"))
    return client


def page(name: str, **parts: str) -> str:
    """A page of the dashboard as that member reads it."""
    answer = console().get(reverse(f"dashboard:{name}", kwargs=parts))
    assert answer.status_code == 200, name
    return answer.content.decode()
