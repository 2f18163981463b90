"""Passkeys: HTTP only."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.members import user_of
from dashboard.models import Passkey
from dashboard.passkeys import ceremonies, keeping
from dashboard.passkeys.ceremonies import NoPasskeysHereError, PasskeyError
from dashboard.passkeys.forms import DeviceAnswerForm, NameForm, NewPasskeyForm
from dashboard.signing_in import attempts, second_factor, second_step
from dashboard.signing_in.forms import PasswordForm, status_of
from dashboard.signing_in.person_trail import record_for_person
from dashboard.single_sign_on.confirming import finish_login
from experiments.models import AuditAction

NAME_OF_NEW = "passkey_name"  # in the session: of the passkey that the device is making


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
# The page has a challenge that counts once.
@never_cache
def new_passkey(request: HttpRequest) -> HttpResponse:
    """Show the form for a new passkey; keep the one that the device has made."""
    person = user_of(request)
    if request.method != "POST":
        context = {"form": NewPasskeyForm(request=request), "host": ceremonies.host_of(request)}
        return render(request, "dashboard/passkeys/new.html", context)
    try:
        authenticator_data = ceremonies.finish_adding(request, person, answer_of(request))
        host = ceremonies.host_of(request) or ""
        codes = keeping.add(
            person=person, name=request.session.pop(NAME_OF_NEW, host), host=host, authenticator_data=authenticator_data
        )
    except (PasskeyError, NoPasskeysHereError):
        messages.error(request, _("The passkey wasn't added: your device's answer couldn't be verified. Try again."))
        return redirect("dashboard:new_passkey")
    messages.success(request, _("Passkey added. From now on, log in with it."))
    if codes:
        request.session[second_factor.CODES_TO_SHOW] = codes
        return redirect("dashboard:second_factor")
    return redirect("dashboard:account")


@require_POST
@login_required
def begin_adding(request: HttpRequest) -> HttpResponse:
    """Check name and password, and answer what the device is to make a passkey from; 422 with errors by field."""
    person = user_of(request)
    form = NewPasskeyForm(request.POST, request=request)
    if form.is_valid() and Passkey.objects.filter(user=person).count() >= keeping.MOST:
        form.add_error(None, _("You have too many passkeys. Remove one you no longer use."))
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    try:
        options = ceremonies.begin_adding(request, person)
    except NoPasskeysHereError:
        return JsonResponse({"errors": {"__all__": [_("Passkeys don't work at this address.")]}}, status=422)
    request.session[NAME_OF_NEW] = form.cleaned_data["name"]
    return JsonResponse(options)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def passkey(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a passkey, and give it another name."""
    found = own_passkey(request, pk)
    form = NameForm(request.POST or None, initial={"name": found.name})
    if form.is_valid():
        keeping.rename(found, form.cleaned_data["name"])
        messages.success(request, _("Passkey renamed."))
        return redirect("dashboard:account")
    return render(request, "dashboard/passkeys/passkey.html", {"form": form, "passkey": found}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def remove_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a passkey, for who knows the password."""
    found = own_passkey(request, pk)
    form = PasswordForm(request.POST or None, request=request)
    if form.is_valid():
        keeping.remove(found, session_key=request.session.session_key)
        messages.success(request, _("Passkey removed. You are logged out everywhere else."))
        return redirect("dashboard:account")
    return render(request, "dashboard/passkeys/remove.html", {"form": form, "passkey": found}, status=status_of(form))


@require_POST
def begin_log_in(request: HttpRequest) -> HttpResponse:
    """Answer what a device is to sign: after the password that person's, else whoever's."""
    try:
        person = expected_person(request)
        attempts.count_attempt(request, "passkey")
        options = ceremonies.begin_signing(request, person)
    except attempts.TooManyAttemptsError:
        return refusal(_("Too many attempts from your network. Try again in 15 minutes."), 429)
    except second_step.TooLateError:
        return refusal(_("This took too long. Go back to the login and start again."), 422)
    except NoPasskeysHereError:
        return refusal(_("Passkeys don't work at this address."), 422)
    if person is None:
        request.session.set_expiry(second_step.LIFETIME_S)  # of a session that holds nothing but a challenge
    return JsonResponse(options)


@require_POST
def log_in_by_passkey(request: HttpRequest) -> HttpResponse:
    """Log in who has signed: as the second factor where the password was right, else by the passkey alone."""
    try:
        person = expected_person(request)
    except second_step.TooLateError:
        return redirect("login")
    try:
        signed = ceremonies.finish_signing(request, person, answer_of(request))
    except (PasskeyError, NoPasskeysHereError) as error:
        return refuse_log_in(request, person, str(error))
    next_url = request.POST.get("next", "")
    if person is not None:
        next_url = second_step.take_next(request)
    return finish_login(request, signed.user, next_url)


def expected_person(request: HttpRequest) -> User | None:
    """Return whose passkey it has to be; ``None`` where it alone says so. Raises ``TooLateError``."""
    if request.POST.get("step") != "second":
        return None
    return second_step.require_person(request)


def refuse_log_in(request: HttpRequest, person: User | None, reason: str) -> HttpResponse:
    """Say that the passkey didn't log in, and note it where the password has said whose it should have been."""
    messages.error(request, _("This passkey couldn't be verified. Try again, or log in another way."))
    if person is None:
        return redirect("login")
    second_step.count_wrong(request)
    record_for_person(
        person=person, action=AuditAction.PASSKEY_REFUSED, actor=person.get_username(), detail={"reason": reason}
    )
    return redirect("second_step")


def refusal(text: str, status: int) -> JsonResponse:
    """Return an error for the page to show."""
    return JsonResponse({"errors": {"__all__": [text]}}, status=status)


def answer_of(request: HttpRequest) -> Any:
    """Return what the device answered; ``None`` where nothing readable was sent."""
    form = DeviceAnswerForm(request.POST)
    if not form.is_valid():
        return None
    return form.cleaned_data["answer"]


def own_passkey(request: HttpRequest, pk: int) -> Passkey:
    """Return one of the reader's own; raises ``Http404`` for anybody else's."""
    return get_object_or_404(Passkey.objects.select_related("user"), user=user_of(request), pk=pk)
