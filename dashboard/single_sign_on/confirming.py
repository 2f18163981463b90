"""The end of a login, which may confirm that a person at the provider is who logs in."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.translation import gettext as _

from dashboard.models import SignOnRefusalReason
from dashboard.signing_in.leaving import after_login
from dashboard.signing_in.sessions import log_in
from dashboard.single_sign_on import group_roles, linking
from dashboard.single_sign_on.linking import RefusedError
from dashboard.single_sign_on.refusals import note_refusal


def finish_login(request: HttpRequest, person: User, next_url: str) -> HttpResponseRedirect:
    """Log in who has given everything that is asked for, link whom they confirm, and lead to the page they wanted."""
    log_in(request, person)
    confirm_link(request, person)
    return after_login(request, next_url)


def confirm_link(request: HttpRequest, person: User) -> None:
    """Link who came from the provider just before, if the account is the one with the verified address."""
    waiting = linking.take_unconfirmed(request)
    provider = settings.SINGLE_SIGN_ON
    if waiting is None or provider is None:
        return
    identity, owner = waiting
    if owner != person.pk:
        note_refusal(SignOnRefusalReason.NOT_CONFIRMED, person=User.objects.filter(pk=owner).first())
        messages.error(request, _("Single sign-on isn't linked: its email address belongs to another account."))
        return
    try:
        linking.link_person(person, identity)
    except RefusedError as error:
        note_refusal(error.reason, person=error.person)
        messages.error(request, _("Single sign-on isn't linked: this account or that person is linked already."))
        return
    group_roles.apply_groups(provider, identity, person)
    messages.success(request, _("Linked. Next time, log in with %(provider)s.") % {"provider": provider.name})
