"""The same pages of a real shop with the plugin and without it, in turns, and what is different about them."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import SequenceMatcher
from itertools import takewhile
from typing import NamedTuple
from urllib.parse import unquote

from tests.shop_rig.shop import Shop
from tests.shop_rig.visitors import Visitor

# Takes our plugin out of a request whose cookie says so, so that one shopper sees one cart both ways.
SWITCH = """add_filter('option_active_plugins', function ($plugins) {
    return empty($_COOKIE['rig_without']) ? $plugins : array_values(array_diff($plugins, ['offerlift/offerlift.php']));
});"""
# What PHP complains of in the plugin's files ends the request.
STRICT = (
    "set_error_handler(function ($number, $why, $file) {"
    " if (strpos($file, '/plugins/offerlift/') !== false) { throw new Error($why); } return false; });"
)
HEADERS = ["Content-Type", "Location", "Cache-Control", "X-Robots-Tag"]
# The whole of what the plugin may add to a page that it works on. Slots aren't in it: those take space.
TAGS = [
    r"<script>window\.upsell=window\.upsell\|\|function[^<]*</script>\n",
    r'<script async src="http://127\.0\.0\.1:\d+/s/(upsell|woocommerce)\.js"( data-key="\w*")?></script>\n',
    r"<script>window\.offerliftPage=[^<]*</script>\n",
    r'<script src="[^"]*/plugins/offerlift/assets/shop\.js[^"]*" id="offerlift-js"[^>]*></script>\n',
]
SLOT = r'<div data-upsell-slot="\w+"[^>]*></div>'
# Names that WordPress and WooCommerce list for every plugin's script and every plugin.
LISTED = [
    r',?"[^"]*offerlift\\?/assets\\?/shop\.js[^"]*":\{"handle":"offerlift","deps":\[\]\}',
    r'"offerlift",',
]
# Other values in each request: tokens, nonces, ids, times.
CHANGING = r"eyJ[\w.-]+|wc_order_\w+|[0-9a-f]{8,}|\d+"


class Answer(NamedTuple):
    """What a request was answered, and the lines that it wrote into the shop's log."""

    status: int
    headers: list[str | None]
    text: str
    logged: frozenset[str]


@contextmanager
def switch(shop: Shop) -> Iterator[None]:
    """Let a cookie turn the plugin off for a while."""
    with shop.mu_plugin("switch", SWITCH):
        yield


def differences(visitor: Visitor, paths: Iterable[str], allowed: Sequence[str]) -> list[str]:
    """What the plugin changes about pages: statuses, headers, texts, and new lines in the log; empty where nothing.

    ``allowed`` are patterns of what may be added. Where there are none, the Store API's cart must be the same as well.
    """
    found = []
    for path in paths:
        without, with_plugin = ask(visitor, path, is_there=False), ask(visitor, path, is_there=True)
        if with_plugin.status != without.status:
            found.append(f"{path}: status {with_plugin.status} instead of {without.status}")
        if with_plugin.headers != without.headers:
            found.append(f"{path}: headers {with_plugin.headers} instead of {without.headers}")
        found += [f"{path}: {line}" for line in changed_lines(without.text, with_plugin.text, allowed)]
        found += [f"{path}: logged {line}" for line in sorted(with_plugin.logged - without.logged)]
    return found


def ask(visitor: Visitor, path: str, *, is_there: bool) -> Answer:
    """Get a page with the plugin or without it."""
    visitor.set_cookie("rig_without", "" if is_there else "1")
    log = visitor.shop.log
    before = log.stat().st_size if log.exists() else 0
    status, text = visitor.get(path)
    written = log.read_bytes()[before:].decode() if log.exists() else ""
    lines = {re.sub(CHANGING, "", line) for line in written.splitlines()}
    return Answer(status, [visitor.headers.get(name) for name in HEADERS], text, frozenset(lines))


def changed_lines(without: str, with_plugin: str, allowed: Sequence[str]) -> list[str]:
    """The lines that differ once what is allowed is gone, from where they do."""
    ours = with_plugin
    for pattern in allowed:
        ours = re.sub(pattern, "", ours)
    before, after = plain(without, allowed).splitlines(), plain(ours, allowed).splitlines()
    changes = []
    for kind, start, end, ours_start, ours_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            changes.append(where_it_differs("\n".join(before[start:end]), "\n".join(after[ours_start:ours_end])))
    return changes


def where_it_differs(before: str, after: str) -> str:
    """Both texts from shortly before the first letter that is another."""
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
    start = max(0, same - 60)
    return f"{after[start : start + 200]!r} instead of {before[start : start + 200]!r}"


def plain(html: str, allowed: Sequence[str]) -> str:
    """The page without what changes with each request; addresses and JSON in it are decoded to be read as one text."""
    text = unquote(html)
    if allowed:
        text = without_extension(text)
    for pattern in LISTED:
        text = re.sub(pattern, "", text)
    return re.sub(CHANGING, "", text)


def without_extension(text: str) -> str:
    """A text without what the plugin adds to the Store API's cart; an empty ``extensions`` is written one way."""
    key = '"offerlift":'
    while (start := text.find(key + "{")) >= 0:
        value, length = json.JSONDecoder().raw_decode(text[start + len(key) :])
        assert set(value) == {"cart", "visitor"}
        text = text[:start] + text[start + len(key) + length :]
    return text.replace('"extensions":[]', '"extensions":{}')
