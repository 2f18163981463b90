"""How many examples a test with Hypothesis tries: fewer in a quick run, all of them in ``make check``."""

import os

from hypothesis import HealthCheck, settings

# The same examples in every run, so that a red build is the change's doing; HYPOTHESIS_PROFILE=default explores.
settings.register_profile("steady", derandomize=True, deadline=None)
# Of make test-fast: most faults show with the first examples.
settings.register_profile("quick", settings.get_profile("steady"), max_examples=20)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "steady")


def examples(number: int) -> settings:
    """The settings for so many examples, of which a quick run tries a fifth; fixtures stay from one to the next."""
    if PROFILE == "quick":
        number //= 5
    return settings(max_examples=number, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
