"""What the apps above add to the weekly digest: they register it at the start, as this app doesn't know them."""

from collections.abc import Callable
from datetime import datetime

from experiments.models import Store
from experiments.notifications.email import EmailSection

# Writes a section about a store's last week; None where there is nothing to say.
DigestPart = Callable[[Store, datetime], EmailSection | None]

registered: list[DigestPart] = []


def register(part: DigestPart) -> None:
    """Add a part to the end of each digest: for the app's ``ready``."""
    if part not in registered:
        registered.append(part)


def parts_for(store: Store, now: datetime) -> list[EmailSection]:
    """Return the sections about a store that say something."""
    sections = [part(store, now) for part in registered]
    return [section for section in sections if section is not None]
