"""The two exchanges of WebAuthn, made and verified by python-fido2: a device makes a passkey, and signs with one.

What is asked of a device (its challenge) waits in the session, and is taken out before an answer is looked at: so no
answer counts twice.
"""

import ipaddress
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.utils import timezone
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from dashboard.models import Passkey

NAME = "Offerlift"
CHALLENGE = "passkey_challenge"
LONGEST_ANSWER = 20_000  # characters; an attestation with its certificates has some thousand

Parsed = TypeVar("Parsed", RegistrationResponse, AuthenticationResponse)


class PasskeyError(Exception):
    """What a device answered doesn't count; the text says why, for the audit trail and not for the page."""


class NoPasskeysHereError(Exception):
    """The console was opened at an address for which browsers make no passkeys."""


def host_of(request: HttpRequest) -> str | None:
    """Return the host name that passkeys are bound to; ``None`` for an IP address, which browsers refuse."""
    host = split_domain_port(request.get_host())[0]
    try:
        # Brackets stand around an address of IPv6.
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return host
    return None


def server_for(request: HttpRequest) -> Fido2Server:
    """Return what makes and verifies challenges for the console's address. Raises ``NoPasskeysHereError``."""
    host = host_of(request)
    if host is None:
        raise NoPasskeysHereError
    # The page's own origin alone, with its port: by default, subdomains of the host would do as well.
    origin = f"{request.scheme}://{request.get_host()}".lower()
    return Fido2Server(PublicKeyCredentialRpEntity(id=host, name=NAME), verify_origin=lambda claimed: claimed == origin)


def handle_of(person: User) -> bytes:
    """Return what a device keeps with the passkey to say whose it is: nothing that tells who that is."""
    return f"offerlift-{person.pk}".encode()


def begin_adding(request: HttpRequest, person: User) -> dict[str, Any]:
    """Return what the person's device is to make a passkey from. Raises ``NoPasskeysHereError``."""
    user = PublicKeyCredentialUserEntity(
        id=handle_of(person), name=person.get_username(), display_name=person.get_full_name() or person.get_username()
    )
    # A passkey that the device itself keeps and unlocks: else it couldn't log in without a name and a password.
    options, challenge = server_for(request).register_begin(
        user,
        credentials=credentials_of(person, request),
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    request.session[CHALLENGE] = {"for": "adding", "user": person.pk, "challenge": challenge}
    return as_json(options)


def finish_adding(request: HttpRequest, person: User, answer: Any) -> AuthenticatorData:
    """Return what the device made. Raises ``PasskeyError`` and ``NoPasskeysHereError``."""
    challenge = taken_challenge(request, "adding", person)
    response = parsed(RegistrationResponse, answer)
    try:
        authenticator_data = server_for(request).register_complete(challenge, response)
    except ValueError as error:
        raise PasskeyError(str(error)) from error
    if authenticator_data.credential_data is None:
        raise PasskeyError("No credential in the answer.")
    return authenticator_data


def begin_signing(request: HttpRequest, person: User | None) -> dict[str, Any]:
    """Return what a device is to sign: of this person as the second factor, or of whoever has a passkey there.

    Raises ``NoPasskeysHereError``.
    """
    if person is None:
        # Alone it has to be both factors: the device, and what unlocks it.
        verification, credentials = UserVerificationRequirement.REQUIRED, None
    else:
        verification, credentials = UserVerificationRequirement.PREFERRED, credentials_of(person, request)
    options, challenge = server_for(request).authenticate_begin(credentials, user_verification=verification)
    request.session[CHALLENGE] = {"for": "signing", "user": person and person.pk, "challenge": challenge}
    return as_json(options)


def finish_signing(request: HttpRequest, person: User | None, answer: Any) -> Passkey:
    """Return the passkey that signed, its use noted. Raises ``PasskeyError`` and ``NoPasskeysHereError``."""
    challenge = taken_challenge(request, "signing", person)
    response = parsed(AuthenticationResponse, answer)
    server = server_for(request)
    # Locked: of two answers with one count of the device, which a copy of it would give, the second is refused.
    with transaction.atomic():
        rows = Passkey.objects.select_for_update(of=("self",)).select_related("user")
        found = rows.filter(credential_id=websafe_encode(response.raw_id), host=host_of(request)).first()
        passkey = allowed(found, person, response)
        try:
            server.authenticate_complete(challenge, [AttestedCredentialData(bytes(passkey.credential))], response)
        except ValueError as error:
            raise PasskeyError(str(error)) from error
        note_use(passkey, response.response.authenticator_data.counter)
    return passkey


def allowed(passkey: Passkey | None, person: User | None, response: AuthenticationResponse) -> Passkey:
    """Return the passkey if it is of who the page, or else the device, says it is. Raises ``PasskeyError``."""
    if passkey is None:
        raise PasskeyError("Unknown passkey.")
    if not passkey.user.is_active:
        raise PasskeyError("The account is deactivated.")
    if person is not None:
        if passkey.user != person:
            raise PasskeyError("Somebody else's passkey.")
        return passkey
    if response.response.user_handle != handle_of(passkey.user):
        raise PasskeyError("The device names somebody else.")
    return passkey


def note_use(passkey: Passkey, count: int) -> None:
    """Keep when it was used and how often the device says. Raises ``PasskeyError`` where that went back: a copy."""
    if (count or passkey.sign_count) and count <= passkey.sign_count:
        raise PasskeyError("The device's counter went back, as a copy's would.")
    passkey.sign_count, passkey.last_used_at = count, timezone.now()
    passkey.save(update_fields=["sign_count", "last_used_at"])


def taken_challenge(request: HttpRequest, purpose: str, person: User | None) -> dict[str, Any]:
    """Take the challenge out of the session. Raises ``PasskeyError`` where there is none for this."""
    kept = request.session.pop(CHALLENGE, None)
    if kept is None or (kept["for"], kept["user"]) != (purpose, person and person.pk):
        raise PasskeyError("No challenge for this answer.")
    challenge: dict[str, Any] = kept["challenge"]
    return challenge


def parsed(kind: type[Parsed], answer: Any) -> Parsed:
    """Read a device's answer of a kind. Raises ``PasskeyError`` for what is no such thing."""
    if not isinstance(answer, dict):
        raise PasskeyError("Unreadable answer.")
    try:
        return kind.from_dict(answer)
    # What comes is anybody's: the library raises whatever its decoders of base64, CBOR and structs do.
    except Exception as error:
        raise PasskeyError(f"Unreadable answer: {type(error).__name__}.") from error


def credentials_of(person: User, request: HttpRequest) -> list[AttestedCredentialData]:
    """Return the person's passkeys that work at this address."""
    found = []
    for passkey in Passkey.objects.filter(user=person, host=host_of(request)):
        found.append(AttestedCredentialData(bytes(passkey.credential)))
    return found


def as_json(options: Any) -> dict[str, Any]:
    """Return options as the browser's ``parse...FromJSON`` functions take them."""
    return dict(options.public_key)
