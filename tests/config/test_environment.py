"""What operators set, and what they are told where it can't work."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import flag, folder_address, number, require_long_keys


@pytest.mark.parametrize(("text", "is_on"), [("1", True), ("yes", True), ("0", False), ("", False)])
def test_flag_is_read_in_the_usual_ways(monkeypatch, text, is_on):
    monkeypatch.setenv("HTTPS", text)
    assert flag("HTTPS") is is_on


def test_flag_of_another_word_is_refused_by_name(monkeypatch):
    monkeypatch.setenv("HTTPS", "maybe")
    with pytest.raises(ImproperlyConfigured, match=r"HTTPS must be 1 or 0, not 'maybe'\."):
        flag("HTTPS")


def test_number_is_of_the_defaults_kind(monkeypatch):
    monkeypatch.delenv("SESSION_HOURS", raising=False)
    assert number("SESSION_HOURS", default=168, least=1) == 168
    monkeypatch.setenv("EDGE_POLL_SECONDS", "2")
    assert isinstance(number("EDGE_POLL_SECONDS", default=0.5, least=0.0), float)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("abc", "SESSION_HOURS must be a whole number, not 'abc'"),
        ("1.5", "must be a whole number"),
        ("", "must be a whole number"),
        ("0", "SESSION_HOURS must be 1 or more, not '0'"),
    ],
)
def test_number_that_cant_work_is_refused_by_name(monkeypatch, text, words):
    monkeypatch.setenv("SESSION_HOURS", text)
    with pytest.raises(ImproperlyConfigured, match=words):
        number("SESSION_HOURS", default=168, least=1)


def test_number_not_a_number_is_refused(monkeypatch):
    monkeypatch.setenv("EDGE_POLL_SECONDS", "nan")
    with pytest.raises(ImproperlyConfigured, match=r"must be 0\.0 or more"):
        number("EDGE_POLL_SECONDS", default=0.5, least=0.0)


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        ("", ""),
        ("https://offers.example/edge-configuration/", "https://offers.example/edge-configuration"),
        ("http://10.0.0.1:8000/x", "http://10.0.0.1:8000/x"),
        ("file:///srv/configuration", "file:///srv/configuration"),
    ],
)
def test_folder_address_is_taken_without_its_last_slash(address, taken):
    assert folder_address("CONFIGURATION_URL", address) == taken


@pytest.mark.parametrize(
    "address",
    [
        *("offers.example", "/srv/configuration", "ftp://offers.example/x", "file://srv/configuration", "https:///x"),
        *("https://user:password@offers.example/x", "https://offers.example/x?token=1", "https://offers.example/x#y"),
    ],
)
def test_folder_address_that_cant_be_read_is_refused_by_name(address):
    with pytest.raises(ImproperlyConfigured, match="CONFIGURATION_URL must be the address of a folder"):
        folder_address("CONFIGURATION_URL", address)


def test_key_that_can_be_guessed_is_refused_by_name_and_not_shown():
    require_long_keys("EDGE_KEYS", ["x" * 32])
    with pytest.raises(
        ImproperlyConfigured, match=r"EDGE_KEYS must have 32 characters or more.*openssl rand"
    ) as refused:
        require_long_keys("EDGE_KEYS", ["x" * 32, "short-key"])
    assert "short-key" not in str(refused.value)
