"""What today's code says otherwise of the same data, each with its reason."""

import re
from typing import Any

from tests.upgrade.comparing import differences

REPORT = r"[\w-]+/[\w-]+\."


# What today's code says otherwise of the same data: a pattern of the path, and why that is right.
CHANGES = {
    r"tea/\d+\.decisions\[5\]": "No page reaches follow-up e-mails any more; the store's own servers do.",
    r"lamps/lamp-cart\.progress\.days: 6 became 16$": "A test's day counts from its start, not from its first visitor.",
    rf"{REPORT}metrics\[3\]\.(is_adjusted|variance_reduction|without_cuped|main)": (
        "Orders per visitor are adjusted by the cart's value as revenue is, so that order value is their quotient."
    ),
    rf"{REPORT}metrics\[\d+\]\.corrected_p_value": "Those of all other metrics are corrected together with theirs.",
    rf"{REPORT}(segments|heterogeneity)\[\d+\]": "Segments are adjusted by the cart's value as the whole is.",
    rf"{REPORT}verdict\.rules\[6\]\.figure": (
        "A guardrail's rule reads the interval that holds at every look, which fewer than 100 buyers don't have."
    ),
    rf"{REPORT}verdict\.rules: ": "There are rules about past tests, the effect by day and a chance to win.",
    r"tea/thanks-tin\.(guardrails|metrics): ": "At the confirmation refunded and canceled shares guard.",
    rf"{REPORT}(metrics\[\d+\]\.belief|curves\[\d+\]|monthly\[\d+\]\.expected_loss)": (
        "Beliefs begin with what past tests say of effects, on the same scale for conversion and money."
    ),
    rf"{REPORT}(health\.\w+ratios?(\[\d+\])?|verdict\.rules\[0\]\.figure)": (
        "The split alarm goes by another p-value that may be read at any time."
    ),
    rf"{REPORT}(guardrails\[\d+\]\.effect|decompositions\[\d+\]\.aov)": (
        "Where control is near zero the difference is judged, and a part without an interval has no ends."
    ),
}


WORDS_OF_REPORTS = frozenset({"headline", "next_step", "text", "detail", "goal_note", "label", "note"})


WORDS_OF_WIDGETS = frozenset({"messages"})  # the product's own; the store's words stay as they are


def unexplained(before: Any, now: Any, words: frozenset[str]) -> list[str]:
    """The differences that nobody has given a reason for."""
    return [one for one in differences(before, now, words) if not any(re.match(pattern, one) for pattern in CHANGES)]
