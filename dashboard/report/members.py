"""Which tests a reader may see, and whose they may change."""

from typing import cast

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from experiments.models import Experiment, Membership, Role

EDITORS = (Role.EDITOR, Role.ADMIN)


def member_experiment(request: HttpRequest, store_slug: str, experiment_key: str) -> Experiment:
    """The test, if it belongs to a store of the member's; raises ``Http404`` otherwise."""
    visible = Experiment.objects.visible_to(request.user).select_related("store", "rolled_out_variant")
    return get_object_or_404(visible, store__slug=store_slug, key=experiment_key)


def can_edit(request: HttpRequest, experiment: Experiment) -> bool:
    """Whether the member's role in the test's store lets them change it."""
    user = cast("User", request.user)
    return Membership.objects.filter(user_id=user.pk, store=experiment.store_id, role__in=EDITORS).exists()


def editable_experiment(request: HttpRequest, store_slug: str, experiment_key: str) -> Experiment:
    """The member's test, to be changed; raises ``PermissionDenied`` for who may only look."""
    experiment = member_experiment(request, store_slug, experiment_key)
    if not can_edit(request, experiment):
        raise PermissionDenied("Your role in this store lets you look, not change.")
    return experiment
