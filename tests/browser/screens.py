"""The screens on which pages are looked at."""

import pytest

# Colors are wrong on every width, and what doesn't fit is wrong in every color: each run takes each color and each
# width once, and ``make check-long`` the other two pairs.
SCREENS = pytest.mark.parametrize(
    ("scheme", "width"),
    [
        ("light", 1280),
        ("dark", 390),
        pytest.param("light", 390, marks=pytest.mark.long),
        pytest.param("dark", 1280, marks=pytest.mark.long),
    ],
)
