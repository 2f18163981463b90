"""A failed attempt to sign in takes the same time whether or not there is such a name, and however it is hashed."""

from django.contrib.auth.hashers import get_hasher, make_password
from django.contrib.auth.models import User

OLD = "pbkdf2_sha256"  # how passwords were hashed before Argon2; each is hashed anew when its owner signs in


def equalize_hashing_time(username: str, password: str) -> None:
    """Do the hash that a failed attempt hasn't done, as long as some passwords are hashed in the old way.

    Without it, who compares times learns which names there are and haven't signed in for long: theirs take one hash of
    the old kind, all other names one of the new.
    """
    if get_hasher().algorithm == OLD or not User.objects.filter(password__startswith=f"{OLD}$").exists():
        return
    stored = User.objects.filter(username=username).values_list("password", flat=True).first()
    if stored and stored.startswith(f"{OLD}$"):
        make_password(password)
    else:
        make_password(password, hasher=OLD)
