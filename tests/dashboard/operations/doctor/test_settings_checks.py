"""What the doctor says of the settings."""

import pytest

from dashboard.operations.doctor.settings_checks import check_settings


@pytest.fixture(autouse=True)
def sound(settings, monkeypatch):
    """Settings of a server behind a proxy with TLS."""
    monkeypatch.setenv("SECRET_KEY", "set")
    settings.DEBUG = settings.DEMO = False
    settings.IS_HTTPS, settings.CONSOLE_PROXIES, settings.EDGE_PROXIES = True, 1, 1
    settings.CONSOLE_URL = settings.EDGE_URL = "https://offers.example"
    settings.ALLOWED_HOSTS = ["offers.example"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


def found() -> list[tuple[str, str]]:
    return [(one.subject, one.severity) for one in check_settings()]


def test_settings_that_fit_together_are_said_to():
    assert found() == [("Settings", "ok")]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DEBUG", True, ("DEBUG", "problem")),
        ("DEMO", True, ("DEMO", "warning")),
        ("ALLOWED_HOSTS", ["other.example"], ("ALLOWED_HOSTS", "problem")),
        ("ALLOWED_HOSTS", ["*"], ("ALLOWED_HOSTS", "warning")),
        ("CONSOLE_PROXIES", 0, ("CONSOLE_PROXIES", "problem")),
        ("EDGE_PROXIES", 0, ("EDGE_PROXIES", "problem")),
        ("IS_HTTPS", False, ("HTTPS", "problem")),
        ("CONSOLE_URL", "http://offers.example", ("CONSOLE_URL", "problem")),
        ("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend", ("EMAIL_URL", "warning")),
    ],
)
def test_setting_that_does_not_fit_is_named(settings, name, value, said):
    setattr(settings, name, value)
    assert said in found()


def test_key_of_one_machine_is_a_warning_where_the_database_is_elsewhere(settings, monkeypatch):
    monkeypatch.delenv("SECRET_KEY")
    settings.HAS_EMBEDDED_POSTGRES = False
    assert found() == [("SECRET_KEY", "warning")]
    settings.HAS_EMBEDDED_POSTGRES = True
    assert found() == [("Settings", "ok")]


def test_console_of_this_machine_needs_no_encryption(settings):
    settings.IS_HTTPS, settings.CONSOLE_URL, settings.EDGE_URL = False, "http://127.0.0.1:8000", ""
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    assert found() == [("Settings", "ok")]
