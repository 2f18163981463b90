"""What a treatment and another test of its time do to each other, as reports have it."""

from datetime import UTC, datetime
from typing import Any

from experiments.report import ArmEffect, OverlapResult, Range

ARMS = [("control", "No dialog", 0.05), ("dialog", "Dialog", -0.032)]


def overlap(variant: str = "b", **fields: Any) -> OverlapResult:
    """A treatment beside the test “Exit dialog”, with whose variants its effect turns around unless said otherwise."""
    effects = [ArmEffect(other_variant=key, name=name, visitors=5_000, lift=lift(effect)) for key, name, effect in ARMS]
    found: dict[str, Any] = {
        "other": "exit",
        "other_name": "Exit dialog",
        "counted_at": datetime(2026, 3, 16, tzinfo=UTC),
        "visitors": 20_000,
        "shared": 10_000,
        "share_in_control": 0.5,
        "share_in_treatment": 0.4,
        "difference": Range(-0.1, -0.12, -0.08),
        "difference_p_value": 0.0001,
        "displaced": 1_000,
        "declined": 800,
        "declined_share": 0.1,
        "effects": effects,
        "corrected_p_value": 0.002,
        "is_interacting": True,
        "turns_sign": True,
    }
    return OverlapResult(variant=variant, **found | fields)


def lift(effect: float) -> Range:
    return Range(effect, effect - 0.02, effect + 0.02)
