"""How many examples a test with Hypothesis tries: few in a quick run, half of its number in ``make check``, and twice
as many in ``make check-long``, which takes other examples each time."""

import os

from hypothesis import HealthCheck, settings

# The same examples in every run, so that a red build is the change's doing; HYPOTHESIS_PROFILE=default explores.
settings.register_profile("steady", derandomize=True, deadline=None)
# Of make test-fast: most faults show with the first examples.
settings.register_profile("quick", settings.get_profile("steady"), max_examples=20)
# Of make check-long: others each time, and many of them.
settings.register_profile("thorough", deadline=None, max_examples=300)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "steady")
SHARES = {"quick": 0.2, "steady": 0.5, "thorough": 2.0}


def examples(number: int) -> settings:
    """The settings for so many examples, of which a run tries its share; fixtures stay from one to the next."""
    most = max(1, round(number * SHARES.get(PROFILE, 1.0)))
    return settings(max_examples=most, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
