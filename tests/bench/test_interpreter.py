"""Which Python runs a benchmark, and whether it is a slow build."""

import sys
import sysconfig

import pytest

from bench import interpreter


@pytest.mark.parametrize(
    ("options", "prefix", "is_optimized"),
    [
        ("'--enable-shared' '--prefix=/opt/python/3.11.7'", "/opt/python/3.11.7", False),
        ("'--enable-optimizations' '--with-lto'", "/usr/local", True),
        ("'--enable-shared' '--with-system-ffi'", "/usr", True),  # Debian's, which doesn't say it
        (None, "C:\\Python311", False),
    ],
)
def test_interpreter_is_optimized_where_it_was_asked_for_or_a_distribution_made_it(
    monkeypatch, options, prefix, is_optimized
):
    monkeypatch.setattr(sysconfig, "get_config_var", lambda name: options)
    monkeypatch.setattr(sys, "base_prefix", prefix)
    assert interpreter.is_optimized() is is_optimized
    assert ("slow build" in interpreter.describe()) is not is_optimized
