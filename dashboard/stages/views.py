"""The page of stages: HTTP only."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from dashboard import shell
from dashboard.members import actor_of, can_edit, require_editor
from dashboard.stages.forms import LABELS, StagesForm
from experiments.models import Store
from journeys.customer_stages import changing
from journeys.customer_stages.counts import count_stages
from journeys.customer_stages.facts import settings_of


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@shell.about_one_store(gettext_lazy("Stages"))
def stages(request: HttpRequest, store: Store) -> HttpResponse:
    """Show the days by which stages begin (GET), and save them (POST, editors)."""
    settings = settings_of(store)
    form = StagesForm(request.POST or None, stored=settings)
    if request.method == "POST":
        require_editor(request, store)
        if form.is_valid():
            form.apply_to(settings)
            changing.save(settings, actor=actor_of(request))
            messages.success(request, _("Saved. The stages will be calculated within a minute."))
            return redirect(shell.address_of("dashboard:stages", store))
    context = {
        "store": store,
        "form": form,
        "columns": LABELS.values(),
        "settings": settings,
        "counts": count_stages(store, timezone.now()).items(),
        "is_editor": can_edit(request, store),
    }
    return render(request, "dashboard/stages/page.html", context, status=422 if form.errors else 200)
