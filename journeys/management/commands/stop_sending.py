"""``manage.py stop_sending``: hand no more messages to customers over, of any store, until somebody resumes it."""

from django.core.management.base import BaseCommand

from journeys.sending import switches


class Command(BaseCommand):
    """Switches the installation's sending off. What waits stays, and is looked at again before it goes out."""

    help = "Send no more messages to customers, of any store. manage.py resume_sending goes on with those that wait."

    def handle(self, **options: object) -> None:
        """Stop."""
        if switches.switch().is_on:  # else the reason stays why it is off: after a restore a time is needed
            switches.switch_off(switches.STOPPED)
        self.stdout.write("Sending is off, within a quarter of a second. manage.py resume_sending turns it on again.")
