"""What the snippet costs a phone, beside an experimentation SDK and an analytics SDK: ``python -m bench.snippet``.

The same cart page is opened in Chromium with the processor slowed down four times, in turns: bare, with the snippet,
and with each of two well-known scripts, which npm fetches into a temporary folder for this run. Every visit is a new
visitor's, with empty caches; the edge and the other scripts' servers are played by one on this machine, and nothing
else is reached. The snippet's widget fits its reserved slot, so the layout shift must be 0.
"""

import json
import statistics
import subprocess
import tarfile
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory

import brotli
from playwright.sync_api import Browser, Route, sync_playwright

from bench.figures import in_columns
from tests.browser import chromium
from tests.browser.stub import Call, Edge, Reply, Shop

SLOWDOWN = 4  # a phone of the middle class beside this machine, as Lighthouse assumes
PHONE = {"width": 390, "height": 844}
STAY_MS = 3_000
FETCHED = {
    "GrowthBook": ("@growthbook/growthbook@1.8.0", "package/dist/bundles/auto.min.js"),
    "PostHog": ("posthog-js@1.449.2", "package/dist/array.js"),
}
ROW = "<li>{0} pairs of winter boots, lined, &euro;33.35 <button>Remove</button></li>"
ROWS = "".join(ROW.format(number) for number in range(60))
BODY = f"<div data-upsell-slot=cart style='min-height:400px'></div><ul>{ROWS}</ul>"
OBSERVE = """
window.bench = {shift: 0, blocking: 0}
const observe = (type, note) =>
  new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({type, buffered: true})
observe('layout-shift', (entry) => { bench.shift += entry.value })
observe('longtask', (entry) => { bench.blocking += Math.max(0, entry.duration - 50) })
"""
EXPERIMENT = {
    "key": "cart-accessory",
    "changeId": "cart-accessory",
    "status": "running",
    "coverage": 1,
    "weights": [0, 1],
    "hashAttribute": "id",
    "urlPatterns": [{"type": "simple", "include": True, "pattern": "*"}],
    "variations": [
        {},
        {
            "domMutations": [
                {
                    "selector": "[data-upsell-slot]",
                    "action": "append",
                    "attribute": "html",
                    "value": "<p>Leather care balm, 75 ml</p><button>Add for &euro;9.90</button>",
                }
            ]
        },
    ],
}


@dataclass(frozen=True)
class Script:
    """A script under test: what it adds to the page's head, its bytes, and those of the part that draws the offer."""

    name: str
    head: str
    code: bytes
    part: bytes = b""


class OtherServices(Edge):
    """The edge, and what the other scripts ask their own servers for."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        super().__init__()

    def reply(self, call: Call) -> Reply:
        """Scripts by name, features with one running experiment, a nod to everything else."""
        if call.path in self.files:
            return Reply(self.files[call.path].decode(), "text/javascript; charset=utf-8")
        if call.path.startswith("/api/features/"):
            return Reply(json.dumps({"status": 200, "features": {}, "experiments": [EXPERIMENT]}))
        if call.path.startswith(("/v1/", "/s/")):
            return super().reply(call)
        return Reply('{"status": 1}')


def fetch(package: str, path: str, folder: Path) -> bytes:
    """One file of an npm package, without running anything of it."""
    packed = subprocess.run(
        ["npm", "pack", "--silent", package], cwd=folder, capture_output=True, text=True, check=True
    )
    with tarfile.open(folder / packed.stdout.split()[-1]) as archive:
        file = archive.extractfile(path)
        assert file is not None, f"{package} has no {path}"
        return file.read()


def scripts(edge: OtherServices, shop: Shop) -> Iterator[Script]:
    """The conditions of a round: nothing, the snippet, and the others."""
    yield Script("bare page", "", b"")
    built = Path(__file__).resolve().parents[1] / "static" / "dist"
    core, card = (built / "upsell.js").read_bytes(), (built / "upsell_card.js").read_bytes()
    yield Script("Offerlift", shop.script(), core, card)
    with TemporaryDirectory() as folder:
        for name, (package, path) in FETCHED.items():
            edge.files[f"/{name}.js"] = fetch(package, path, Path(folder))
    source = f"{edge.url}/GrowthBook.js"
    head = f'<script async src="{source}" data-api-host="{edge.url}" data-client-key="sdk-bench"></script>'
    yield Script("GrowthBook", head, edge.files["/GrowthBook.js"])
    start = f"posthog.init('phc_bench', {{api_host: '{edge.url}'}})"
    head = f'<script async src="{edge.url}/PostHog.js" onload="{start}"></script>'
    yield Script("PostHog", head, edge.files["/PostHog.js"])


def stay_here(route: Route) -> None:
    """Let nothing out of this machine."""
    if route.request.url.startswith("http://127.0.0.1:"):
        route.continue_()
    else:
        route.abort()


def visit(browser: Browser, url: str) -> dict[str, float]:
    """One visitor's stay on the page.

    Script and main thread are processor time of the page's thread, slowed down; blocking time (what tasks take beyond
    50 ms) is by the clock, and so includes waiting for a processor that others use. All in milliseconds.
    """
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)  # type: ignore[arg-type]
    context.route("**/*", stay_here)
    page = context.new_page()
    page.add_init_script(OBSERVE)
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(url)
    page.wait_for_timeout(STAY_MS)
    metrics = dict(map(itemgetter("name", "value"), session.send("Performance.getMetrics")["metrics"]))
    seen = page.evaluate("({...bench, isShown: document.querySelector('[data-upsell-slot]').childElementCount > 0})")
    context.close()
    return {
        "script_ms": 1000 * metrics["ScriptDuration"],
        "main_thread_ms": 1000 * metrics["TaskDuration"],
        "blocking_ms": seen["blocking"],
        "layout_shift": seen["shift"],
        "is_shown": seen["isShown"],
    }


@contextmanager
def chromium_browser() -> Iterator[Browser]:
    """The Chromium of the browser tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        yield browser
        browser.close()


def figures(script: Script, visits: list[dict[str, float]], bare: list[dict[str, float]]) -> dict[str, float]:
    """Bytes, and medians over the rounds of what a page costs more than the bare one of the same round."""
    row: dict[str, float] = {
        "bytes": len(script.code),
        "brotli_bytes": compressed_size(script.code),
        "part_brotli_bytes": compressed_size(script.part),
    }
    for name in ("script_ms", "main_thread_ms", "blocking_ms"):
        row[name] = round(median_added(name, visits, bare), 1)
    row["layout_shift"] = max(map(itemgetter("layout_shift"), visits))
    row["offer_shown"] = statistics.mean(map(itemgetter("is_shown"), visits))
    return row


def compressed_size(code: bytes) -> int:
    """Bytes with brotli; 0 where there is no code, which brotli would give a byte."""
    if not code:
        return 0
    return len(brotli.compress(code))


def median_added(name: str, visits: list[dict[str, float]], bare: list[dict[str, float]]) -> float:
    """The median over the rounds of what a visit costs more than that of the bare page."""
    differences: list[float] = []
    for mine, other in zip(visits, bare, strict=True):
        differences.append(mine[name] - other[name])
    return statistics.median(differences)


def measure(rounds: int) -> dict[str, dict[str, float]]:
    """Figures by script; the order within a round moves on with each round."""
    edge = OtherServices()
    shop = Shop(edge)
    try:
        candidates = list(scripts(edge, shop))
        urls: dict[str, str] = {}
        for number, script in enumerate(candidates):
            page = f"/{number}"
            urls[script.name] = shop.put(page, head=script.head, body=BODY, call="window.upsell && upsell('page')")
        seen = visit_all(urls, rounds)
    finally:
        edge.server.close()
        shop.server.close()
    return {script.name: figures(script, seen[script.name], seen["bare page"]) for script in candidates}


def visit_all(urls: Mapping[str, str], rounds: int) -> dict[str, list[dict[str, float]]]:
    """Visit each page once a round; return what its visits took, by name."""
    names = list(urls)
    seen: dict[str, list[dict[str, float]]] = defaultdict(list)
    with chromium_browser() as browser:
        for name in names:
            visit(browser, urls[name])  # fills the browser's own caches
        for number in range(rounds):
            turn = number % len(names)
            for name in names[turn:] + names[:turn]:
                seen[name].append(visit(browser, urls[name]))
    return seen


def main() -> None:
    """Run the rounds and print the figures."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    measured = measure(parser.parse_args().rounds)
    for name, row in measured.items():
        print(f"{name:12}" + in_columns(row, width=10))
    print(json.dumps({"benchmark": "snippet", "slowdown": SLOWDOWN, "scripts": measured}))
    assert measured["Offerlift"]["layout_shift"] == 0, "the widget moved the page"


if __name__ == "__main__":
    main()
