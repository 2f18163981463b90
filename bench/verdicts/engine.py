"""What a verdict depends on: simulated tests that another engine decided say nothing about this one."""

from __future__ import annotations

import ast
import hashlib
from pathlib import Path

from bench.verdicts.cases import Case

ROOT = Path(__file__).parents[2]
# The modules whose functions run while a test is simulated and decided, and thresholds.py, whose numbers they read;
# tests/bench/verdicts/test_engine.py holds that none is missing.
DECIDING = (
    "bench/covariates.py",
    "bench/verdicts/delays.py",
    "bench/verdicts/readings.py",
    "bench/verdicts/shortcuts.py",
    "bench/verdicts/stores.py",
    "bench/verdicts/sums.py",
    "bench/verdicts/tallies.py",
    "experiments/analysis/day_effects.py",
    "experiments/analysis/effects.py",
    "experiments/analysis/estimates.py",
    "experiments/analysis/exposure_days.py",
    "experiments/analysis/looks/bounds.py",
    "experiments/analysis/looks/intervals.py",
    "experiments/analysis/looks/plan_progress.py",
    "experiments/analysis/looks/rows.py",
    "experiments/analysis/looks/taken.py",
    "experiments/analysis/maturity.py",
    "experiments/analysis/metric_results.py",
    "experiments/analysis/metrics.py",
    "experiments/analysis/refunds.py",
    "experiments/analysis/regressed.py",
    "experiments/analysis/sample.py",
    "experiments/analysis/segments.py",
    "experiments/plan/group_sequential.py",
    "experiments/plan/guarding.py",
    "experiments/plan/harm_error.py",
    "experiments/plan/maturity.py",
    "experiments/plan/scheduled_looks.py",
    "experiments/plan/shared_bounds.py",
    "experiments/plan/thresholds.py",
    "experiments/plan/weekly_looks.py",
    "experiments/reading/aggregation.py",
    "experiments/reading/sums.py",
    "experiments/report/days.py",
    "experiments/report/estimates.py",
    "experiments/report/metrics.py",
    "experiments/report/plan.py",
    "experiments/report/selection.py",
    "experiments/statistics/delays.py",
    "experiments/statistics/money/arms.py",
    "experiments/statistics/money/comparison.py",
    "experiments/statistics/money/cuped.py",
    "experiments/statistics/money/inversion.py",
    "experiments/statistics/money/means.py",
    "experiments/statistics/money/permutation.py",
    "experiments/statistics/money/score.py",
    "experiments/statistics/money/score_cuped.py",
    "experiments/statistics/money/score_test.py",
    "experiments/statistics/money/skew.py",
    "experiments/statistics/money/subsets.py",
    "experiments/statistics/money/welch.py",
    "experiments/statistics/multiplicity.py",
    "experiments/statistics/proportions/boschloo.py",
    "experiments/statistics/proportions/comparison.py",
    "experiments/statistics/proportions/intervals.py",
    "experiments/statistics/regression.py",
    "experiments/statistics/reserve.py",
    "experiments/statistics/results.py",
    "experiments/statistics/roots.py",
    "experiments/statistics/sequential/confidence_sequence.py",
    "experiments/statistics/sequential/error_spending.py",
    "experiments/statistics/sequential/walk.py",
    "experiments/statistics/summary.py",
    "experiments/statistics/survival.py",
    "experiments/verdict/custom_metric_rules.py",
    "experiments/verdict/data_rules.py",
    "experiments/verdict/day_rules.py",
    "experiments/verdict/evidence.py",
    "experiments/verdict/goal_rules.py",
    "experiments/verdict/luck_rules.py",
    "experiments/verdict/overlap_rules.py",
    "experiments/verdict/remarks.py",
    "experiments/verdict/ruling.py",
    "experiments/verdict/undecided_rules.py",
)


def code_digest() -> str:
    """Return a digest of the code that decides, without its comments and docstrings, which decide nothing."""
    digest = hashlib.sha256()
    for name in DECIDING:
        digest.update(name.encode())
        digest.update(meaning_of((ROOT / name).read_text()).encode())
    return digest.hexdigest()[:16]


def case_digest(case: Case) -> str:
    """Return a digest of what is simulated: everything of a case that changes how its tests end."""
    return hashlib.sha256(repr(case.simulated).encode()).hexdigest()[:12]


def meaning_of(source: str) -> str:
    """Return a module as its syntax tree without docstrings: layout and comments aren't in it."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            del node.body[0]
    return ast.dump(tree)
