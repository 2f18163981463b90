"""``manage.py resume_sending --since TIME``: send messages to customers again, after a restore or a stop."""

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
            required=True,
            help="since when nothing was sent, such as 2026-11-30T08:00: the time of the backup, or of the stop",
        )

    def handle(self, *, since: str, **options: object) -> None:
        """Resume. Raises ``CommandError``."""
        try:
            at = datetime.fromisoformat(since)
        except ValueError as error:
            raise CommandError("--since must be a time such as 2026-11-30T08:00.") from error
        if timezone.is_naive(at):
            at = timezone.make_aware(at)
        given_up = switches.resume(at)
        self.stdout.write(f"Sending is on. {given_up} messages planned before {at:%Y-%m-%d %H:%M %Z} were given up.")
