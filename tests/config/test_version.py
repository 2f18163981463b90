import re

from config.version import version


def test_version_is_the_newest_in_the_changelog():
    assert re.fullmatch(r"\d+\.\d+\.\d+", version())
