"""A second factor by an authenticator app (TOTP, RFC 6238), with recovery codes for when the phone is gone."""

import segno
from django.contrib.auth.models import User
from django.db import transaction
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

RECOVERY_CODES = 10
NAME = "authenticator"


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


def renew_recovery_codes(user: User) -> list[str]:
    """Make new ones; the old ones, which somebody may have found, work no longer."""
    StaticDevice.objects.filter(user=user).delete()
    recovery = StaticDevice.objects.create(user=user, name="recovery codes")
    codes = [StaticToken.random_token() for number in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=recovery, token=code) for code in codes)
    return codes


def remove(user: User) -> None:
    """Ask for the password alone again."""
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
