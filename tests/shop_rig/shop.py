"""A real WooCommerce shop that a rig has made on this machine.

From the environment: ``RIG`` is the rig's script, ``RIG_VAR`` the folder of its shop, which is up. ``RIG_PLUGINS``,
where it is set, is a folder with plugins of others, each in a folder of its own name as WordPress installs it.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

TIMEOUT_S = 120


class Shop:
    """The rig's commands, PHP in its WordPress, and its settings."""

    def __init__(self) -> None:
        self.script = Path(os.environ["RIG"]).resolve()
        self.var = Path(os.environ["RIG_VAR"]).resolve()
        self.url: str = json.loads((self.var / "settings.json").read_text())["url"]
        self.keys = self.var / "offerlift.json"
        self.log = self.var / "php.log"

    @staticmethod
    def is_there() -> bool:
        """Whether the environment names a rig whose shop was made."""
        return "RIG" in os.environ and Path(os.environ.get("RIG_VAR", "")).joinpath("ready").is_file()

    def run(self, *words: str) -> list[dict[str, Any]]:
        """Do a command of the rig; what it says in JSON."""
        result = subprocess.run([self.script, *words], capture_output=True, text=True, timeout=600)
        if result.returncode:
            raise RuntimeError(f"rig {' '.join(words)}: {result.stdout}{result.stderr}")
        return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]

    def php(self, code: str) -> Any:
        """The value of an expression, or of code that returns one, in a process of WordPress' own."""
        body = code if "return" in code else f"return {code};"
        boot = f"require {json.dumps(str(self.script.parent / 'php' / 'boot.php'))};"
        script = f'{boot} $value = (function () {{ {body} }})(); echo "\\n=>", json_encode($value);'
        result = subprocess.run(["php", "-r", script], capture_output=True, text=True, timeout=TIMEOUT_S)
        printed, arrow, value = result.stdout.rpartition("\n=>")
        if result.returncode or not arrow or printed.strip():
            raise RuntimeError(f"{code}\n{result.stdout}{result.stderr}")
        return json.loads(value)

    def set_options(self, **options: str) -> None:
        """Change settings of WooCommerce; prices are kept with their tax, so those are let go."""
        named = json.dumps({f"woocommerce_{name}": value for name, value in options.items()})
        self.php(
            f"foreach (json_decode('{named}', true) as $name => $value) {{ update_option($name, $value); }}"
            "WC_Cache_Helper::get_transient_version('product', true); return 1;"
        )

    @contextmanager
    def options(self, **options: str) -> Iterator[None]:
        """Change settings of WooCommerce for a while."""
        names = json.dumps(list(options))
        before = self.php(f'$b = []; foreach ({names} as $n) {{ $b[$n] = get_option("woocommerce_$n"); }} return $b;')
        self.set_options(**options)
        try:
            yield
        finally:
            self.set_options(**before)

    @contextmanager
    def wordpress_options(self, **options: Any) -> Iterator[None]:
        """Change options by their whole names for a while; None is an option that isn't there."""
        names = json.dumps(list(options))
        before = self.php(f"$b = []; foreach ({names} as $n) {{ $b[$n] = get_option($n, null); }} return $b;")
        self._write_options(options)
        try:
            yield
        finally:
            self._write_options(before)

    def _write_options(self, options: Mapping[str, Any]) -> None:
        named = json.dumps(options).replace("\\", "\\\\").replace("'", "\\'")
        self.php(
            f"foreach (json_decode('{named}', true) as $name => $value) {{"
            " $value === null ? delete_option($name) : update_option($name, $value); } return 1;"
        )

    @contextmanager
    def constants(self, values: Mapping[str, str]) -> Iterator[None]:
        """Define the plugin's constants for a while, by the ends of their names in lower case."""
        before = self.keys.read_text() if self.keys.exists() else None
        self.keys.write_text(json.dumps(dict(values)))
        try:
            yield
        finally:
            self.keys.unlink()
            if before is not None:
                self.keys.write_text(before)

    @contextmanager
    def mu_plugin(self, name: str, code: str) -> Iterator[None]:
        """Run PHP in each request for a while, before all plugins."""
        file = self.var / "shop" / "wp-content" / "mu-plugins" / f"{name}.php"
        file.write_text(f"<?php {code}")
        try:
            yield
        finally:
            file.unlink()

    @property
    def plugins(self) -> Path:
        """Where the shop's plugins are."""
        return self.var / "shop" / "wp-content" / "plugins"

    @contextmanager
    def plugin(self, name: str) -> Iterator[None]:
        """Have somebody else's plugin in the shop for a while. Skips the test where ``RIG_PLUGINS`` doesn't have it."""
        source = Path(os.environ.get("RIG_PLUGINS", "")) / name
        if "RIG_PLUGINS" not in os.environ or not source.is_dir():
            pytest.skip(f"RIG_PLUGINS has no {name}")
        shutil.copytree(source, self.plugins / name, dirs_exist_ok=True)
        file = self.php(f"array_key_first(get_plugins('/{name}'))")
        try:
            assert self.php(f"activate_plugin('{name}/{file}')") is None
            yield
        finally:
            self.php(f"deactivate_plugins('{name}/{file}'); return 1;")
            shutil.rmtree(self.plugins / name)

    @contextmanager
    def no_complaints(self) -> Iterator[None]:
        """Nothing that happens here makes PHP write of the plugin, or of an end, into its log.

        WordPress itself complains there that it can't reach its updates.
        """
        before = len(self.log.read_text()) if self.log.exists() else 0
        yield
        written = self.log.read_text()[before:] if self.log.exists() else ""
        assert [line for line in written.splitlines() if re.search("offerlift|Fatal|Uncaught", line)] == []


@contextmanager
def shortcode_pages(shop: Shop) -> Iterator[dict[str, Any]]:
    """Cart and checkout of shortcodes for a while in the place of the blocks', as themes without blocks have them."""
    pages = shop.php(
        "$ids = []; foreach (['cart', 'checkout'] as $name) {"
        ' $content = "<!-- wp:shortcode -->[woocommerce_$name]<!-- /wp:shortcode -->";'
        ' $page = get_page_by_path("classic-$name");'
        " $ids[$name] = $page ? $page->ID : wp_insert_post(['post_type' => 'page', 'post_status' => 'publish',"
        " 'post_title' => \"Classic $name\", 'post_name' => \"classic-$name\", 'post_content' => $content]); }"
        " return $ids;"
    )
    with shop.options(cart_page_id=str(pages["cart"]), checkout_page_id=str(pages["checkout"])):
        shop.php("flush_rewrite_rules()")
        yield pages
    shop.php("flush_rewrite_rules()")
