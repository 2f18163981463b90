"""Whether the keys of customers' addresses are there, and fit what is stored."""

from collections.abc import Iterator

from dashboard.operations.doctor.diagnosis import Diagnosis, ok, problem, warning
from journeys import addresses
from journeys.models import Address, Sender
from journeys.reencryption import outdated

SUBJECT = "Customers' addresses"
SET_KEYS = (
    "Set ADDRESS_KEYS and ADDRESS_DIGEST_KEY for all processes (make each with: openssl rand -hex 32), and back them "
    "up: docs/operations.md."
)
FIND_KEYS = "Set the keys that you used before; they are in your backup: docs/operations.md."


def check_addresses() -> Iterator[Diagnosis]:
    """Look at the keys, and try them on a few stored addresses."""
    troubles = list(addresses.key_troubles())
    for trouble in troubles:
        yield diagnosis_of(trouble)
    if troubles:
        return
    left = outdated().count()
    if left:
        fix = "Run manage.py reencrypt_addresses, then remove the older keys from ADDRESS_KEYS."
        yield warning(SUBJECT, f"{left:,} are encrypted with an older key.", fix)
        return
    yield ok(SUBJECT, "The keys are set, and open what is stored.")


def diagnosis_of(trouble: str) -> Diagnosis:
    """Return how bad it is: without keys nothing is stored or sent, which only matters once somebody wants to."""
    is_missing = trouble in (addresses.NO_ADDRESS_KEYS, addresses.NO_DIGEST_KEY)
    if not is_missing or Address.objects.exists():
        return problem(SUBJECT, trouble, FIND_KEYS)
    if Sender.objects.filter(is_on=True).exists():
        return problem(SUBJECT, trouble, SET_KEYS)
    return warning(SUBJECT, trouble, SET_KEYS)
