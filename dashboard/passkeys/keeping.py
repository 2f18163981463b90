"""A person's passkeys: added, named, and removed, each noted in the audit trail."""

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from fido2.utils import websafe_encode
from fido2.webauthn import AuthenticatorData

from dashboard.models import Passkey
from dashboard.passkeys.ceremonies import PasskeyError
from dashboard.signing_in import second_factor
from dashboard.signing_in.person_trail import record_for_person
from dashboard.signing_in.sessions import end_sessions
from experiments.models import AuditAction

MOST = 20  # of a person; each is read at a login


def add(*, person: User, name: str, host: str, authenticator_data: AuthenticatorData) -> list[str]:
    """Keep a passkey, and return fresh recovery codes where the person has none yet. Raises ``PasskeyError``."""
    credential = authenticator_data.credential_data
    assert credential is not None  # the ceremony has refused an answer without one
    try:
        with transaction.atomic():
            Passkey.objects.create(
                user=person,
                name=name,
                host=host,
                credential_id=websafe_encode(credential.credential_id),
                credential=bytes(credential),
                sign_count=authenticator_data.counter,
                created_at=timezone.now(),
            )
            record_for_person(
                person=person,
                action=AuditAction.PASSKEY_ADDED,
                actor=person.get_username(),
                detail={"passkey": name},
            )
            # With the first factor: who loses the only device could never log in again.
            if second_factor.count_recovery_codes(person):
                return []
            return second_factor.renew_recovery_codes(person)
    except IntegrityError as error:
        # By the constraint and not by a look before: two windows may add it at the same time.
        raise PasskeyError("This passkey exists already.") from error


def rename(passkey: Passkey, name: str) -> None:
    """Give it another name."""
    passkey.name = name
    passkey.save(update_fields=["name"])


# All or nothing: a passkey that is gone must not leave a session behind that it began.
@transaction.atomic
def remove(passkey: Passkey, *, session_key: str | None) -> None:
    """Forget it, and log the person out everywhere but in the session that does it: somebody may have used it there."""
    person = passkey.user
    passkey.delete()
    second_factor.remove_idle_recovery_codes(person)
    end_sessions(person, keep=session_key)
    record_for_person(
        person=person,
        action=AuditAction.PASSKEY_REMOVED,
        actor=person.get_username(),
        detail={"passkey": passkey.name},
    )
