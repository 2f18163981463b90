"""What is regularly done about events that go on to ClickHouse: they are moved, and erased there."""

import logging
import time
from datetime import datetime

from checkout_widgets.offer_days import erased_views, refresh
from experiments.event_store import erasing, moving
from experiments.event_store.store import NotAvailable

logger = logging.getLogger(__name__)

SECONDS = 40.0  # of a job's turn: another one begins each minute


def move_for_a_while(now: datetime, seconds: float = SECONDS) -> None:
    """Erase what waits for it, and move what is due for some seconds. While a server is away, all of it waits."""
    ends_at = time.monotonic() + seconds
    with moving.alone() as is_alone:
        if not is_alone:
            return
        try:
            erase(now)
            for _ in moving.move(now, counted_until=refresh.counted_until(now)):
                if time.monotonic() > ends_at:
                    return
        except NotAvailable as error:
            logger.warning("Events wait to be moved: %s", error)


def erase(now: datetime) -> None:
    """Take whoever is to be erased out of the counts, then out of ClickHouse. Raises ``NotAvailable``."""
    try:
        erased_views.take_out_noted()
    finally:
        erasing.erase_noted(now)
