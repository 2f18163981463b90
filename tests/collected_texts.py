"""The console's texts as they stand in code and templates, collected without GNU gettext."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils.translation.template import templatize

APPS = ("config", "dashboard", "experiments", "checkout_widgets", "journeys", "demo")
MARKS = frozenset({"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"})
# As ``templatize`` writes them: ``gettext(u'Tests')``, ``ngettext(u'%(n)s day', u'%(n)s days', count)``.
IN_TEMPLATES = re.compile(r"\b_?(?P<name>gettext|ngettext|_)\((?P<text>u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"))")


def texts_of_code(path: Path) -> Iterator[str]:
    """Yield the first text of each call that marks one."""
    code = path.read_text()
    if "gettext" not in code:  # nothing of it is imported, and to parse takes longest
        return
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        argument = node.args[0]
        if name in MARKS and isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value


def texts_of_template(path: Path) -> Iterator[str]:
    """Yield the texts that a template marks."""
    for found in IN_TEMPLATES.finditer(templatize(path.read_text())):
        yield ast.literal_eval(found["text"])


def collected() -> dict[str, str]:
    """Return each text with a file that it stands in."""
    texts: dict[str, str] = {}
    for app in APPS:
        for path in sorted((settings.BASE_DIR / app).rglob("*")):
            if path.suffix == ".py" and "migrations" not in path.parts:
                found = texts_of_code(path)
            elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
                found = texts_of_template(path)
            else:
                continue
            for text in found:
                texts.setdefault(text, str(path.relative_to(settings.BASE_DIR)))
    return texts
