"""What the doctor says of console, edge and mail server: servers of the tests play them."""

import json
from collections.abc import Iterator

import pytest
from django.test import override_settings

from checkout_widgets.edge.loading import current_version
from dashboard.operations.doctor.outside_checks import check_outside
from tests.browser.stub import Call, Reply, Server

pytestmark = pytest.mark.django_db


class Installation:
    """Answers as console and edge do, unless a test says otherwise."""

    def __init__(self) -> None:
        self.replies = {
            "/login/": Reply("ok"),
            "/s/upsell.js": Reply("ok"),
            "/healthz": Reply(json.dumps({"status": "ok", "configuration": current_version()})),
        }
        self.server = Server(self.answer)

    def answer(self, call: Call) -> Reply:
        return self.replies.get(call.path, Reply("", status=404))


@pytest.fixture
def installation() -> Iterator[Installation]:
    made = Installation()
    with override_settings(CONSOLE_URL=made.server.url, EDGE_URL=made.server.url, SCRIPT_NAME=""):
        yield made
    made.server.close()


def found() -> dict[str, str]:
    return {one.subject: one.severity for one in check_outside()}


def test_installation_that_answers_is_said_to(installation):
    assert found() == {"Console": "ok", "Edge": "ok"}


def test_console_that_redirects_to_itself_names_the_proxys_header(installation):
    installation.replies["/login/"] = Reply("", status=301, headers={"Location": "https://offers.example/login/"})
    console = next(one for one in check_outside() if one.subject == "Console")
    assert console.severity == "problem"
    assert "X-Forwarded-Proto" in console.fix


@pytest.mark.parametrize(("path", "subject"), [("/login/", "Console"), ("/s/upsell.js", "Edge")])
def test_address_that_answers_with_an_error_is_a_problem(installation, path, subject):
    installation.replies[path] = Reply("", status=502)
    assert found()[subject] == "problem"


def test_edge_that_is_behind_is_a_warning(installation):
    installation.replies["/healthz"] = Reply(json.dumps({"configuration": current_version() - 1}))
    assert found()["Edge"] == "warning"


@pytest.mark.parametrize("body", ["", "[]", "no JSON", "{}"])
def test_health_of_something_else_is_left_alone(installation, body):
    installation.replies["/healthz"] = Reply(body)
    assert found()["Edge"] == "ok"


def test_nothing_that_listens_is_a_problem(installation):
    with override_settings(CONSOLE_URL="http://127.0.0.1:9", EDGE_URL="http://127.0.0.1:9"):
        assert found() == {"Console": "problem", "Edge": "problem"}


def test_mail_server_that_is_away_is_a_problem(installation):
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    with override_settings(EMAIL_BACKEND=smtp, EMAIL_HOST="127.0.0.1", EMAIL_PORT=9):
        assert found()["Mail server"] == "problem"
