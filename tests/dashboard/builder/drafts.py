"""A draft, and what a browser sends for a section of its page."""

import re
from typing import Any

from django.test import Client

from experiments.models import Experiment, Role
from tests import factories

HTMX: dict[str, Any] = {"headers": {"HX-Request": "true"}}
WORDS = {
    "layout": "card",
    "phone_layout": "line",
    "headline": "A mug for the tea",
    "body": "",
    "reason": "",
    "social_proof": "",
    "accept_label": "Add for {price}",
    "decline_label": "No thanks",
}
AUDIENCE = {
    "targeting-kind": "all",
    "targeting-0-kind": "all",
    "targeting-0-0-field": "device",
    "targeting-0-0-op": "is",
    "targeting-0-0-text": "phone",
    "traffic_percent": "50",
    "priority": "3",
}


def client_of(experiment: Experiment, role: str = Role.EDITOR) -> Client:
    client = Client()
    client.force_login(factories.make_user(experiment.store, role=role))
    return client


def url_of(experiment: Experiment, part: str = "launch/") -> str:
    return f"/tests/{experiment.store.slug}/{experiment.key}/{part}"


def version_of(client: Client, experiment: Experiment, section: str) -> str:
    """What the section's form says it is filled in upon."""
    page = client.get(url_of(experiment)).content.decode()
    found = re.search(rf'id="version-{section}" value="(\w+)"', page)
    assert found, section
    return found[1]


def send(client: Client, experiment: Experiment, section: str, typed: dict[str, Any]) -> Any:
    """Save a section as its page does."""
    version = version_of(client, experiment, section)
    return client.post(url_of(experiment, f"sections/{section}/"), typed | {"version": version}, **HTMX)
