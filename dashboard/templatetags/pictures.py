"""Pictures of a test's variants, for templates."""

from django import template
from django.urls import reverse

from dashboard.preview.pictures import VariantPicture, is_shown, variant_pictures
from experiments.models import Experiment

register = template.Library()


@register.simple_tag
def pictures_of(experiment: Experiment, token: str = "") -> list[VariantPicture]:
    """Return the variants as pictures, none of a test that shows nothing of ours; ``token`` is a shared link's."""

    def frame_of(variant_key: str) -> str:
        if token:
            return reverse("dashboard:shared_shown", args=(token, variant_key))
        return reverse("dashboard:shown", args=(experiment.store.slug, experiment.key, variant_key))

    pictures = variant_pictures(experiment, frame_of)
    if not is_shown(pictures):
        return []
    return pictures
