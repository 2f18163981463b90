"""Which Python this is, and whether its build is a slow one; runs on any Python, without the product's libraries."""

import platform
import sys
import sysconfig


def is_optimized() -> bool:
    """Return whether the interpreter was built with what its makers recommend (profile-guided optimization).

    Distributions build theirs so without saying it in ``CONFIG_ARGS``; pyenv and others have to be asked for it.
    """
    options = str(sysconfig.get_config_var("CONFIG_ARGS") or "")
    is_from_distribution = sys.base_prefix == "/usr"
    return is_from_distribution or "--enable-optimizations" in options


def describe() -> str:
    """Say version and build in words: ``Python 3.11.2, an optimized build``."""
    build = "a slow build (made without --enable-optimizations)"
    if is_optimized():
        build = "an optimized build"
    return f"Python {platform.python_version()}, {build}"


if __name__ == "__main__":
    print(describe())
    sys.exit(not is_optimized())
