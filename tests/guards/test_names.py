"""A name means one thing in the whole repository; ``docs/glossary.md`` says which."""

import ast
import re
from collections import defaultdict
from functools import cache

import pytest

from tests.guards.source import READ_BY_STRANGERS, ROOT, modules, nodes, place

# Django's own names of nested classes, and of each management command
DJANGOS = frozenset({"Meta", "Media", "Command"})

# Where a class, a module, or a function or method may have a word of the glossary for its whole name: the owner of the
# meaning, and what returns, shows or stores a thing of that meaning. Everything else says which one it is, such as
# ``LaunchCandidate``, ``CheckState`` or ``webhook_targets``.
BEARERS: dict[str, set[str]] = {
    "snapshot": {
        "experiments/models/snapshot.py",
        "experiments/admin/snapshot.py",
        "experiments/snapshots/__init__.py",
        "dashboard/api/views.py",
    },
    "outcome": {"experiments/accounting/outcomes.py", "experiments/verdict/evidence.py"},
    "decision": {
        "experiments/models/experiment_choices.py",
        "experiments/decisions/__init__.py",
        "demo/simulation/decisions.py",
    },
    "endpoint": {"checkout_widgets/edge/endpoint.py"},
    "standing": {"experiments/models/order.py"},
    "state": {"experiments/report/document.py", "checkout_widgets/admin/delivery.py", "dashboard/moments/page.py"},
    "plan": {
        "experiments/plan/__init__.py",
        "experiments/report/plan.py",
        "dashboard/planner/page.py",
        "dashboard/api/plans.py",
    },
    "link": {"experiments/accounting/identity.py"},
    "step": {"dashboard/report/steps.py", "dashboard/setup/steps.py", "demo/management/commands/load_demo.py"},
    "axis": {"dashboard/drawings/axis.py", "dashboard/playbook/entries.py"},
    "effect": {
        "experiments/report/metrics.py",
        "experiments/analysis/effects.py",
        "experiments/programme/known_tests.py",
        "experiments/wording.py",
        "dashboard/report/effects.py",
        "demo/simulation/effects.py",
    },
    "arm": {"experiments/statistics/money/arms.py"},
    "comparison": {
        "experiments/statistics/results.py",
        "experiments/statistics/money/comparison.py",
        "experiments/statistics/proportions/comparison.py",
        "checkout_widgets/edge/content.py",
    },
    "reason": {
        "experiments/statistics/results.py",
        "experiments/tables/delimited.py",
        "experiments/refused_values.py",
        "dashboard/setup/refusals.py",
        "dashboard/templatetags/wording.py",
    },
}
PLURALS = {"axes": "axis", "arms": "arm"}
# calls that change rows, queue jobs or write files
WRITES = frozenset(
    {
        *("save", "delete", "create", "update", "bulk_create", "bulk_update", "get_or_create", "update_or_create"),
        *("defer", "send", "write", "write_text", "write_bytes", "unlink", "record"),
    }
)


@pytest.mark.slow
def test_no_two_classes_have_one_name():
    found = defaultdict(list)
    for path, node in nodes(ast.ClassDef, READ_BY_STRANGERS):
        if node.name not in DJANGOS:
            found[node.name].append(place(path, node))
    assert {name: places for name, places in found.items() if len(places) > 1} == {}


def singular(word: str) -> str:
    return PLURALS.get(word, word.removesuffix("s"))


@cache
def bearers() -> dict[str, set[str]]:
    """Where a word of the glossary is the whole name of a class, a type, a module or a function."""
    found = defaultdict(set)
    for path, of_module in modules().items():
        parts = path.removesuffix(".py").split("/")
        found[singular(parts[-2] if parts[-1] == "__init__" else parts[-1])].add(path)
        for node in of_module:
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                found[node.name.lower()].add(path)
            elif isinstance(node, ast.Assign):
                types = [name.id for name in node.targets if isinstance(name, ast.Name) and name.id.istitle()]
                for name in types:
                    found[name.lower()].add(path)
    return found


@pytest.mark.parametrize("word", BEARERS)
def test_word_of_the_glossary_is_borne_by_its_owners_alone(word):
    assert bearers()[word] - BEARERS[word] == set(), "say which one it is, or add it as what has this very meaning"
    assert BEARERS[word] - bearers()[word] == set(), "not there any more: take it off the list"


def test_glossary_has_the_words():
    explained = set(re.findall(r"^\| \*\*([\w ]+)\*\*", (ROOT / "docs/glossary.md").read_text(), re.MULTILINE))
    assert set(BEARERS) - explained == set()


def test_questions_only_look():
    acting = []
    for path, node in nodes(ast.FunctionDef):
        if not node.name.lstrip("_").startswith(("is_", "has_")):
            continue
        answers = ast.unparse(node.returns) if node.returns else ""
        if answers != "bool" and not answers.startswith("TypeGuard"):
            acting.append(f"{place(path, node)} {node.name} returns {answers}")
        for call in ast.walk(node):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in WRITES:
                acting.append(f"{place(path, node)} {node.name} calls {call.func.attr}")
    assert acting == []


CODE_IN_TEMPLATES = re.compile(
    r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|\{\{.*?\}\}|\{%-?\s*(?!translate|trans)\w.*?%\}|<[^>]*>", re.DOTALL
)


@pytest.mark.slow
def test_pages_say_test_where_code_says_experiment():
    wrong = []
    for package in ("experiments", "checkout_widgets", "journeys", "dashboard"):
        for file in sorted((ROOT / package).rglob("templates/**/*.html")):
            shown = CODE_IN_TEMPLATES.sub(" ", file.read_text())
            for words in re.findall(r".{0,40}\bexperiments?\b.{0,40}", shown, re.IGNORECASE):
                wrong.append(f"{file.relative_to(ROOT)}: {words.strip()}")
    assert wrong == []
