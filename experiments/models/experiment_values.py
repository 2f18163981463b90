"""Defaults of an experiment's fields, and what validates them."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from experiments.models.experiment_choices import Covariate, Metric


def new_salt() -> str:
    """What makes this experiment's assignment independent of every other's."""
    return secrets.token_hex(8)


def default_guardrails() -> list[dict[str, Any]]:
    """Conversion may not fall by more than 2%."""
    return [{"metric": Metric.CONVERSION.value, "margin": -0.02}]


def default_covariates() -> list[str]:
    """The cart's value alone, as before there was a choice."""
    return [Covariate.CART_VALUE.value]


def validate_covariates(covariates: Any) -> None:
    """Raise ``ValidationError`` unless it lists some of `Covariate`, each once."""
    known = set(Covariate.values)
    if not isinstance(covariates, list) or not known.issuperset(map(str, covariates)):
        raise ValidationError(_("Choose from: %(names)s.") % {"names": ", ".join(Covariate.values)})
    if len(set(covariates)) < len(covariates):
        raise ValidationError(_("Name each only once."))


def validate_ramp_plan(plan: Any) -> None:
    """Raise ``ValidationError`` unless it lists growing shares with their days: ``{"share": 0.05, "days": 2}``."""
    if not (isinstance(plan, list) and all(map(is_step, plan))):
        raise ValidationError(
            _('Enter a list such as [{"share": 0.05, "days": 2}], with shares up to 1 and whole days.')
        )
    shares = [step["share"] for step in plan]
    if shares != sorted(shares):
        raise ValidationError(_("Each share must be larger than the one before."))


def is_step(step: Any) -> bool:
    """Whether a step of a ramp plan has a share of the traffic and whole days."""
    if not isinstance(step, dict) or set(step) != {"share", "days"}:
        return False
    share, days = step["share"], step["days"]
    if isinstance(share, bool) or isinstance(days, bool):  # which are numbers too, in Python
        return False
    is_share = isinstance(share, int | float) and 0 < share <= 1
    return is_share and isinstance(days, int) and 1 <= days <= 365
