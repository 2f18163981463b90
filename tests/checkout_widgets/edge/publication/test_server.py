"""Reading over HTTP, from a server of files that none of us wrote and from one that does everything wrong."""

import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bench import proxy
from bench.server import free_port, wait_for
from checkout_widgets.edge.publication import server as servers
from checkout_widgets.edge.publication.folder import Unreadable
from checkout_widgets.edge.publication.follower import PublicationFollower
from checkout_widgets.edge.publication.server import ConfigurationServer
from checkout_widgets.models import Offer
from tests import factories
from tests.checkout_widgets.edge.publication.conftest import LONG_AGO

KEY = "an-edge-key-of-32-characters-or-more"
DOCUMENT = "stores/1-" + "a" * 32


class QuietFiles(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def serving(handler: Callable[..., BaseHTTPRequestHandler]) -> Iterator[str]:
    """The address of a server with this handler."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.01), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def handler_of(answer: Callable[[BaseHTTPRequestHandler], None]) -> type[BaseHTTPRequestHandler]:
    """A handler that answers each GET so."""

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *args: Any) -> None:
            pass

    return Answering


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes = b"", **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


@pytest.mark.django_db
def test_any_server_of_files_is_enough(publisher, folder):
    store = factories.make_live_experiment().store
    publisher.publish_changes(LONG_AGO)
    with serving(partial(QuietFiles, directory=str(folder.path))) as url:
        follower = PublicationFollower(ConfigurationServer(f"{url}/", ""), None)
        known = follower.load()
        assert follower.catch_up(known) is known
        Offer.objects.update(price_minor=5)
        publisher.publish_changes(LONG_AGO)
        follower.catch_up(known)
    [offer] = follower.stores[store.pk].tests["cart"][0].offers
    assert offer.price_minor == 5


NGINX = """
{user}
daemon off;
pid {folder}/nginx.pid;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/temp;
    proxy_temp_path {folder}/temp;
    fastcgi_temp_path {folder}/temp;
    uwsgi_temp_path {folder}/temp;
    scgi_temp_path {folder}/temp;
    server {{
        listen 127.0.0.1:{port};
        root {root};
        if ($http_authorization != "Bearer {key}") {{ return 401; }}
    }}
}}
"""


@contextmanager
def nginx_serving(root: Path, folder: Path) -> Iterator[str]:
    """The address of nginx, which serves these files to who has the key."""
    nginx, port = proxy.find(), free_port()
    assert nginx
    user = "user root;" if os.geteuid() == 0 else ""  # else its workers may not read a folder of root's
    (folder / "nginx.conf").write_text(NGINX.format(user=user, folder=folder, port=port, root=root, key=KEY))
    process = subprocess.Popen([nginx, "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")])
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.skipif(proxy.find() is None, reason="nginx can't be had here (tools/nginx.sh)")
@pytest.mark.django_db
def test_nginx_that_serves_the_folder_says_what_has_not_changed(publisher, folder, tmp_path):
    store = factories.make_live_experiment().store
    publisher.publish_changes(LONG_AGO)
    with nginx_serving(folder.path, tmp_path) as url:
        server = ConfigurationServer(url, KEY)
        follower = PublicationFollower(server, None)
        known = follower.load()
        assert follower.etag
        assert server.read_index(follower.etag) is None
        Offer.objects.update(price_minor=5)
        publisher.publish_changes(LONG_AGO)
        follower.catch_up(known)
        with pytest.raises(Unreadable, match="401: EDGE_KEYS"):
            ConfigurationServer(url, "another-key").read_index()
    [offer] = follower.stores[store.pk].tests["cart"][0].offers
    assert offer.price_minor == 5


def test_tag_and_key_are_sent_on_one_connection_and_304_is_no_new_index():
    seen = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        seen.append(
            (handler.path, handler.headers["If-None-Match"], handler.headers["Authorization"], handler.client_address)
        )
        if handler.headers["If-None-Match"] == '"one"':
            send(handler, 304, ETag='"one"')
        else:
            send(handler, 200, b"index", ETag='"one"')

    with serving(handler_of(answer)) as url:
        server = ConfigurationServer(f"{url}/edge-configuration", KEY)
        assert server.read_index() == (b"index", '"one"')
        assert server.read_index('"one"') is None
        server.close()
    paths, tags, keys, clients = zip(*seen, strict=True)
    assert set(paths) == {"/edge-configuration/index"}
    assert tags == (None, '"one"')
    assert set(keys) == {f"Bearer {KEY}"}
    assert len(set(clients)) == 1


def test_without_a_key_none_is_sent():
    """Object storage refuses requests with a header that it doesn't know."""
    seen = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        seen.append(handler.headers["Authorization"])
        send(handler, 200, b"index")

    with serving(handler_of(answer)) as url:
        assert ConfigurationServer(url, "").read_index() == (b"index", "")
    assert seen == [None]


@pytest.mark.parametrize("tag", ['"a\x01b"', "unquoted", '"' + "x" * 300 + '"'])
def test_tag_that_is_none_is_not_sent_back(tag):
    with serving(handler_of(lambda handler: send(handler, 200, b"index", ETag=tag))) as url:
        assert ConfigurationServer(url, "").read_index() == (b"index", "")


def test_redirect_is_not_followed():
    asked = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        send(handler, 302, Location="/elsewhere")

    with serving(handler_of(answer)) as url, pytest.raises(Unreadable, match="302: redirects aren't followed"):
        ConfigurationServer(url, KEY).read_index()
    assert asked == ["/index"]


@pytest.mark.parametrize(
    ("status", "words"), [(401, "EDGE_KEYS"), (404, "nothing is published"), (503, "503: try again"), (200 + 4, "204")]
)
def test_answer_that_is_no_file_says_what_to_do(status, words):
    with serving(handler_of(lambda handler: send(handler, status))) as url, pytest.raises(Unreadable, match=words):
        ConfigurationServer(url, KEY).read_index()


def test_answer_that_is_too_large_is_not_read_whole(monkeypatch):
    monkeypatch.setattr(servers, "MAX_DOCUMENT_BYTES", 1_000)
    large = handler_of(lambda handler: send(handler, 200, b"x" * 1_001))
    with serving(large) as url, pytest.raises(Unreadable, match="more than 1000 bytes"):
        ConfigurationServer(url, "").read_document(DOCUMENT)


@pytest.mark.parametrize("name", ["../index", "//evil.example/x", "stores/1-" + "a" * 32 + "\r\nX: y", "index?x"])
def test_document_of_a_name_that_is_none_is_never_asked_for(name):
    with pytest.raises(Unreadable, match="no document of that name"):
        ConfigurationServer("http://127.0.0.1:1", "").read_document(name)


def test_answer_that_trickles_ends_in_time(monkeypatch):
    monkeypatch.setattr(servers, "TOTAL_S", 0.4)
    monkeypatch.setattr(servers, "STEP_S", 5.0)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b"x")
            time.sleep(0.05)

    start = time.monotonic()
    with serving(handler_of(answer)) as url, pytest.raises(Unreadable, match="doesn't answer"):
        ConfigurationServer(url, "").read_index()
    assert time.monotonic() - start < 4


def test_nobody_listening_is_said():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        with pytest.raises(Unreadable, match=r"127\.0\.0\.1 doesn't answer"):
            ConfigurationServer(f"http://127.0.0.1:{probe.getsockname()[1]}", "").read_index()


def test_connection_that_the_server_has_ended_is_replaced():
    def answer(handler: BaseHTTPRequestHandler) -> None:
        send(handler, 200, b"index")
        handler.close_connection = True  # without a word to the client, as servers do after a while

    with serving(handler_of(answer)) as url:
        server = ConfigurationServer(url, "")
        assert [server.read_index() for _ in range(3)] == [(b"index", "")] * 3
        server.close()
