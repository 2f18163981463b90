"""``manage.py resume_sending``: send messages to customers again, after a stop or, with ``--since``, a restore."""

from datetime import datetime

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from journeys.sending import switches


class Command(BaseCommand):
    """Switches sending on again; what was planned before the time may have gone out, and is given up."""

    help = "Send messages to customers again. Messages planned before --since may have gone out, and are given up."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the time."""
        parser.add_argument(
            "--since",
            help="after a restore: since when nothing was sent, such as 2026-11-30T08:00, the time of the backup",
        )

    def handle(self, *, since: str | None, **options: object) -> None:
        """Resume. Raises ``CommandError``."""
        if since is None:
            self.resume_stopped()
            return
        try:
            at = datetime.fromisoformat(since)
        except ValueError as error:
            raise CommandError("--since must be a time such as 2026-11-30T08:00.") from error
        if timezone.is_naive(at):
            at = timezone.make_aware(at)
        given_up = switches.resume(at)
        self.stdout.write(f"Sending is on. {given_up} messages planned before {at:%Y-%m-%d %H:%M %Z} were given up.")

    def resume_stopped(self) -> None:
        """Go on after ``stop_sending``: what waits is sent. Raises ``CommandError`` after anything else."""
        if not switches.is_stopped_by_operator():
            raise CommandError("Say since when nothing was sent: --since, the time of the backup.")
        switches.switch_on()
        self.stdout.write("Sending is on.")
