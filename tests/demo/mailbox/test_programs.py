"""What programs send, received by a server of the test."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from demo.mailbox import programs, reading
from tests.demo.mailbox.conftest import deliver


class ProgramServer(HTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), ProgramHandler)
        self.received: list[tuple[str, str, str, str]] = []


class ProgramHandler(BaseHTTPRequestHandler):
    server: ProgramServer

    def do_POST(self):
        self.answer()

    def do_GET(self):
        self.answer()

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.server.received.append((self.command, self.path, body, self.headers.get("Cookie", "")))
        self.send_response(302)
        self.send_header("Location", "/followed")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def server(settings):
    with ProgramServer() as server:
        settings.CONSOLE_URL = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_gmail_posts_one_click_without_cookies_and_follows_nothing(server, settings):
    deliver(unsubscribe=f"{settings.CONSOLE_URL}/m/u/token")
    (message,) = reading.newest()
    (call,) = programs.unsubscribe_as_gmail(message)
    # RFC 8058, section 3.1: an HTTPS POST with this body, and no cookies
    assert server.received == [("POST", "/m/u/token", "List-Unsubscribe=One-Click", "")]
    assert call.answer == "302 Found"


def test_scanner_opens_own_links_and_no_others(server, settings):
    deliver(html=f'<a href="{settings.CONSOLE_URL}/m/a?x=1">A</a><a href="https://bank.example/">B</a>')
    (message,) = reading.newest()
    calls = {call.url: call.answer for call in programs.open_links_as_scanner(message)}
    assert [row[:2] for row in server.received] == [("GET", "/m/a?x=1")]
    assert calls["https://bank.example/"] == "not opened: it leads elsewhere"
