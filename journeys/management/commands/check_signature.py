"""``manage.py check_signature STORE FILE``: see by a received message that one-click unsubscribing works."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from experiments import audit
from experiments.models import AuditAction
from journeys.models import Sender
from journeys.sending import domain_records, signature_check
from journeys.sending.domain_records import NoAnswer


class Command(BaseCommand):
    """Checks the signature of a test message as it was received, and notes that the provider signs what it must."""

    help = "Check by the source of a received test message that its signature covers the headers to unsubscribe."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the store and the file."""
        parser.add_argument("store", help="the store's slug")
        parser.add_argument("file", type=Path, help="the message's source, such as 'Show original' in Gmail gives it")

    def handle(self, *, store: str, file: Path, **options: object) -> None:
        """Check. Raises ``CommandError``."""
        sender = Sender.objects.select_related("store").filter(store__slug=store).first()
        if sender is None or not sender.address:
            raise CommandError(f"The store {store} has no sender with an address. Save one on its page first.")
        try:
            signature_check.accept(sender, file.read_bytes())
        except (OSError, signature_check.SignatureProblem) as error:
            raise CommandError(str(error)) from error
        except NoAnswer as error:
            raise CommandError("The name server didn't answer. Try again later.") from error
        audit.record(
            store=sender.store,
            action=AuditAction.SENDER_CHANGED,
            actor="manage.py",
            detail={"signature_seen_of": sender.signature_seen_of},
        )
        domain_records.check(sender, timezone.now())  # which asks for no record of ours any more
        self.stdout.write(f"The signature covers both headers: {sender.signature_seen_of}.")
