"""A clock that says what the story needs, to Django, to the edge and to what signs tokens."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta, tzinfo
from unittest.mock import patch


class Clock:
    """The time that the story has come to."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def pass_(self, **time: float) -> datetime:
        """Let time pass, as ``timedelta`` names it."""
        self.at += timedelta(**time)
        return self.at

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Let everybody ask this clock."""
        clock = self

        class StoryTime(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
                return clock.at

        with ExitStack() as patches:
            patches.enter_context(patch("django.utils.timezone.now", self.now))
            for module in ("checkout_widgets.edge.call", "jwt.api_jwt"):
                patches.enter_context(patch(f"{module}.datetime", StoryTime))
            yield
