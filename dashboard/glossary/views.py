"""The glossary: HTTP only."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard.glossary.terms import SECTIONS


@require_safe
@login_required
def glossary(request: HttpRequest) -> HttpResponse:
    """Show all terms with their meanings."""
    return render(request, "dashboard/glossary.html", {"sections": SECTIONS})
