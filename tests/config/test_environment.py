"""What operators set, and what they are told where it can't work."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import flag, number


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
