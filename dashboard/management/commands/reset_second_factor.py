"""Reset a user's second factor, for the operator."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from dashboard.account import second_factor_reset


class Command(BaseCommand):
    help = "Reset the second factor of somebody who has lost phone and recovery codes; their sessions end."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        person = User.objects.filter(username=username).first()
        if person is None:
            raise CommandError(f"There is no user {username!r}.")
        second_factor_reset.reset(person=person, actor="operator")
        self.stdout.write(f"{username} logs in with the password alone now, and was logged out everywhere.")
