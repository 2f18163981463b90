"""What the members of a store write to each other about a test."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models.experiment import Experiment

LONGEST_COMMENT = 4000


class Comment(models.Model):
    """A comment under a test; plain text, in which ``@name`` mentions a member."""

    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="comments", db_index=False, verbose_name=_("test")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="comments",
        verbose_name=_("author"),
    )
    # beside the user, as a comment outlives its author's account
    author_name = models.CharField(_("name of the author"), max_length=150)
    text = models.TextField(_("comment"), max_length=LONGEST_COMMENT)
    at = models.DateTimeField(_("time"))
    mentioned = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="mentions", blank=True, verbose_name=_("mentioned")
    )

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ("at", "id")
        indexes = (models.Index(fields=("experiment", "at"), name="comments_of_experiment"),)  # the test's page

    def __str__(self) -> str:
        return self.text[:60]


def mention_text(mention: Any) -> str:
    """Return what a mention is called: its comment's beginning."""
    return str(mention.comment)


# Django makes this model by itself, and the admin names its rows where a user is deleted.
Mention: Any = Comment.mentioned.through
Mention._meta.verbose_name = _("mention")
Mention._meta.verbose_name_plural = _("mentions")
Mention.__str__ = mention_text
