"""What a preview reads, and that it was looked at."""

from datetime import timedelta

from django.utils import timezone

from checkout_widgets.edge.previews.shown import note_preview, sample_cart_minor
from experiments.models import Experiment


def test_note_is_kept_for_a_minute(experiment):
    first, minute = timezone.now(), timedelta(minutes=1)
    for at in (first, first + minute):
        note_preview(experiment.pk, at)
    assert Experiment.objects.get().previewed_at == first
    note_preview(experiment.pk, first + minute + timedelta(microseconds=1))
    later = Experiment.objects.get().previewed_at
    assert later is not None
    assert later > first


def test_sample_cart_is_below_free_shipping_and_empty_without_it():
    assert (sample_cart_minor(5000), sample_cart_minor(None)) == (3900, 0)
