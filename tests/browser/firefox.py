"""Firefox, driven through Marionette, which every build of it has inside: no driver, no library, no patched build.

The protocol is WebDriver's over a socket: ``<length>:[0, id, command, parameters]`` and
``<length>:[1, id, error, result]`` (https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html).
"""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

NAMES = ("firefox", "firefox-esr")
PREFERENCES = {
    "marionette.port": 0,  # any that is free; the profile says which
    "app.update.disabledForTesting": True,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
}
WAIT_S = 60.0


def find() -> str | None:
    """The path of an installed Firefox, ``$FIREFOX`` first."""
    return os.environ.get("FIREFOX") or next((path for name in NAMES if (path := shutil.which(name))), None)


class Firefox:
    """A session in one tab."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=WAIT_S)
        self.ids = count(1)
        self.read()  # who is there
        self.call("WebDriver:NewSession", pageLoadStrategy="normal")

    def read(self) -> Any:
        """The next message."""
        length = b""
        while not length.endswith(b":"):
            length += self.receive(1)
        return json.loads(self.receive(int(length[:-1])))

    def receive(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self.socket.recv(size - len(data))
            if not part:
                raise ConnectionError("Firefox has gone.")
            data += part
        return data

    def call(self, command: str, **parameters: Any) -> Any:
        """The result of a command; raises ``RuntimeError`` with Firefox's own message."""
        message = json.dumps([0, next(self.ids), command, parameters]).encode()
        self.socket.sendall(b"%d:%s" % (len(message), message))
        _, _, error, result = self.read()
        if error:
            raise RuntimeError(error["message"])
        return result

    def goto(self, url: str) -> None:
        self.call("WebDriver:Navigate", url=url)

    def evaluate(self, expression: str) -> Any:
        return self.call("WebDriver:ExecuteScript", script=f"return {expression}", args=[])["value"]

    def click(self, expression: str) -> None:
        """A click as of a mouse, on the element that the expression gives."""
        [element] = self.evaluate(expression).values()
        self.call("WebDriver:ElementClick", id=element)

    def press(self, key: str) -> None:
        """A key as of a keyboard, wherever the focus is."""
        keys = [{"type": kind, "value": key} for kind in ("keyDown", "keyUp")]
        self.call("WebDriver:PerformActions", actions=[{"type": "key", "id": "keyboard", "actions": keys}])

    def wait_until(self, condition: Callable[[], Any]) -> None:
        deadline = time.monotonic() + WAIT_S
        while not condition():
            assert time.monotonic() < deadline, "it did not happen in time"
            time.sleep(0.05)


def port_of(profile: Path, process: subprocess.Popen[bytes]) -> int:
    """Where Marionette listens, once it does."""
    file = profile / "MarionetteActivePort"
    deadline = time.monotonic() + WAIT_S
    while not (file.is_file() and file.read_text()):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("Firefox did not start.")
        time.sleep(0.05)
    return int(file.read_text())


@contextmanager
def running(path: str, profile: Path) -> Iterator[Firefox]:
    """A Firefox without a window, with a new profile, ended with its processes."""
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines))
    command = [path, "--headless", "--marionette", "--no-remote", "--profile", str(profile)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield Firefox(port_of(profile, process))
    finally:
        process.terminate()
        process.wait(WAIT_S)
