"""Writing about a test: HTTP only."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dashboard.discussion.forms import CommentForm, OwnerForm
from dashboard.members import actor_of, editable_experiment, member_experiment, user_of
from experiments.discussion import comments, ownership
from experiments.models import Comment, Experiment


@require_POST
@login_required
def write_comment(request: HttpRequest, store_slug: str, experiment_key: str) -> HttpResponse:
    """Write a comment; what can't be sent comes back on a page of its own, so that no text is lost."""
    experiment = member_experiment(request, store_slug, experiment_key)
    form = CommentForm(request.POST)
    if form.is_valid():
        try:
            comment = comments.write(experiment=experiment, author=user_of(request), text=form.cleaned_data["text"])
        except comments.TooManyCommentsError as error:
            form.add_error("text", str(error))
        else:
            messages.success(request, _("Comment added."))
            return back_to(experiment, f"comment-{comment.pk}")
    context = {"experiment": experiment, "form": form}
    return render(request, "dashboard/discussion/comment.html", context, status=422)


@require_POST
@login_required
def remove_comment(request: HttpRequest, store_slug: str, experiment_key: str, pk: int) -> HttpResponse:
    """Delete a comment of the reader's own, or any for who administers the store."""
    experiment = member_experiment(request, store_slug, experiment_key)
    comment = get_object_or_404(Comment.objects.select_related("experiment__store"), experiment=experiment, pk=pk)
    if not comments.may_remove(comment, user_of(request)):
        raise PermissionDenied("The member neither wrote the comment nor administers the store.")
    comment.delete()
    messages.success(request, _("Comment deleted."))
    return back_to(experiment, "discussion")


@require_POST
@login_required
def describe_test(request: HttpRequest, store_slug: str, experiment_key: str) -> HttpResponse:
    """Store who looks after the test, and its tags."""
    experiment = editable_experiment(request, store_slug, experiment_key)
    form = OwnerForm(request.POST, experiment=experiment, auto_id="described-%s")
    if form.is_valid():
        described: dict[str, Any] = form.cleaned_data
        ownership.describe(experiment=experiment, actor=actor_of(request), **described)
        messages.success(request, _("Owner and tags saved."))
        return back_to(experiment, "discussion")
    context = {"experiment": experiment, "owner_form": form}
    return render(request, "dashboard/discussion/describe.html", context, status=422)


def back_to(experiment: Experiment, place: str) -> HttpResponse:
    """Back to the test's page, at what was written."""
    response: Any = redirect("dashboard:report", experiment.store.slug, experiment.key)
    response["Location"] += f"#{place}"
    return cast("HttpResponse", response)
