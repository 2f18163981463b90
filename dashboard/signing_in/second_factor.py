"""A second factor: an authenticator app (TOTP, RFC 6238) or a passkey, and recovery codes for when it is gone."""

import segno
from django.contrib.auth.models import User
from django.db import transaction
from django_otp import match_token
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from dashboard.models import Passkey

RECOVERY_CODES = 10
NAME = "authenticator"
CODES_TO_SHOW = "recovery_codes"  # in the session: those that are still to be shown, once


def confirmed(user: User) -> TOTPDevice | None:
    """The authenticator that signing in asks for."""
    device: TOTPDevice | None = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    return device


def waiting(user: User) -> TOTPDevice:
    """The authenticator that is being set up: the same secret until its first code comes, so that a reload doesn't undo
    what the phone has scanned."""
    device: TOTPDevice = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": NAME})[0]
    return device


def picture(device: TOTPDevice) -> str:
    """The secret as a QR code: the ``src`` of an image."""
    uri: str = segno.make(device.config_url, error="m").svg_data_uri(scale=5, dark="#000", light="#fff")
    return uri


def is_on(user: User) -> bool:
    """Whether signing in with the password asks for more."""
    return confirmed(user) is not None or Passkey.objects.filter(user=user).exists()


def is_code_right(user: User, code: str) -> bool:
    """Check an authenticator's or a recovery code, and use it up.

    django-otp keeps a code's time step in the device's row and reads that row locked: of two processes that get one
    code at once, one accepts it. A wrong code makes the device wait, twice as long each time.
    """
    # many apps show the digits in groups, and people type the blank
    return match_token(user, code.replace(" ", "")) is not None


def confirm(device: TOTPDevice, code: str) -> list[str]:
    """Ask for it from now on, and return fresh recovery codes, which are shown this once; none for a wrong code."""
    # One transaction: an authenticator without recovery codes would lock out who loses the phone.
    with transaction.atomic():
        if not device.verify_token(code):
            return []
        TOTPDevice.objects.filter(user=device.user, confirmed=True).delete()
        device.confirmed = True
        device.save()
        return renew_recovery_codes(device.user)


def count_recovery_codes(user: User) -> int:
    """Return how many are left."""
    left: int = StaticToken.objects.filter(device__user=user).count()
    return left


def renew_recovery_codes(user: User) -> list[str]:
    """Make new ones; the old ones, which somebody may have found, work no longer."""
    StaticDevice.objects.filter(user=user).delete()
    recovery = StaticDevice.objects.create(user=user, name="recovery codes")
    codes = [StaticToken.random_token() for number in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=recovery, token=code) for code in codes)
    return codes


def remove_authenticator(user: User) -> None:
    """Forget the authenticator app; a passkey that is left is still asked for."""
    TOTPDevice.objects.filter(user=user).delete()
    remove_idle_recovery_codes(user)


def remove_idle_recovery_codes(user: User) -> None:
    """Forget recovery codes that stand for nothing any more: the last factor is gone."""
    if not is_on(user):
        StaticDevice.objects.filter(user=user).delete()


def remove_all(user: User) -> None:
    """Ask for the password alone again."""
    TOTPDevice.objects.filter(user=user).delete()
    Passkey.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
