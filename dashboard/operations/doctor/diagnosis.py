"""What the doctor says of one thing."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad it is. A problem loses data or keeps shoppers or members out; a warning may come to that."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was looked at: what was found, and what to do where it isn't as it should be."""

    subject: str
    severity: Severity
    text: str
    fix: str = ""


def ok(subject: str, text: str) -> Diagnosis:
    """Return what is as it should be."""
    return Diagnosis(subject, Severity.OK, text)


def warning(subject: str, text: str, fix: str) -> Diagnosis:
    """Return what may become a problem."""
    return Diagnosis(subject, Severity.WARNING, text, fix)


def problem(subject: str, text: str, fix: str) -> Diagnosis:
    """Return what has to be fixed."""
    return Diagnosis(subject, Severity.PROBLEM, text, fix)
