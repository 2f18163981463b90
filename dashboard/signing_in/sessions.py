"""A person's sessions: ended where a factor goes, and how fresh the login of this one is."""

import time

from django.conf import settings
from django.contrib.auth import SESSION_KEY, login
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from config.reader_language import SESSION_LANGUAGE
from experiments.models import PersonLanguage

BACKEND = "django.contrib.auth.backends.ModelBackend"
LOGGED_IN_AT = "logged_in_at"
FRESH_S = 600  # who has no password confirms a change by having logged in within this time


def log_in(request: HttpRequest, person: User) -> None:
    """Log the person in, all factors being checked, with a session as long as the settings say."""
    login(request, person, backend=BACKEND)
    # Somebody who only began to log in got a short session, which would end this one.
    request.session.set_expiry(None)
    request.session[LOGGED_IN_AT] = int(time.time())
    PersonLanguage.objects.note_browser(person, get_language() or settings.LANGUAGE_CODE)
    read_in(request, PersonLanguage.objects.get(user=person).chosen)


def read_in(request: HttpRequest, language: str) -> None:
    """Write this session's pages in the chosen language; without one in the browser's, as before."""
    request.session[SESSION_LANGUAGE] = language


def is_fresh(request: HttpRequest) -> bool:
    """Whether the login of this session is at most ten minutes old."""
    logged_in_at: int = request.session.get(LOGGED_IN_AT, 0)
    return time.time() - logged_in_at < FRESH_S


def end_sessions(person: User, *, keep: str | None = None) -> None:
    """Log the person out everywhere, but for the session with the key ``keep``.

    Sessions don't name their user in a column, so that each has to be read.
    """
    ended = []
    # One after the other, not all in memory: a console of years has many, of visitors who never logged in too.
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.pk != keep and session.get_decoded().get(SESSION_KEY) == str(person.pk):
            ended.append(session.pk)
    Session.objects.filter(pk__in=ended).delete()
