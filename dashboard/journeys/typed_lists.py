"""Lists that somebody types, one entry a line."""

from collections.abc import Mapping


def lines_of(text: str) -> list[str]:
    """Return the lines of a text that aren't empty."""
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line]


def numbers_by_name(text: str) -> dict[str, int]:
    """Return what lines such as ``Coffee: 30`` say. Raises ``ValueError``."""
    found = {}
    for line in lines_of(text):
        name, _separator, number = line.rpartition(":")
        if not name.strip():
            raise ValueError(line)
        found[name.strip()] = int(number)
    return found


def as_lines(numbers: Mapping[str, int]) -> str:
    """Return numbers by name as lines."""
    return "\n".join(f"{name}: {number}" for name, number in numbers.items())
