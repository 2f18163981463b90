"""Comments under a test: written by any member of its store, and taken back by their author or an admin."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from experiments.discussion.mentions import mentioned_in
from experiments.models import Comment, Experiment, Membership, PersonLanguage, Role, Subscription, Topic
from experiments.notifications.email import Email, EmailSection
from experiments.notifications.message import report_url
from experiments.notifications.tasks import queue_mails

MOST_PER_HOUR = 60  # of one member: more is a program, and each mention is an e-mail


class TooManyCommentsError(Exception):
    """The member has written as much as anybody may within an hour."""


def write(*, experiment: Experiment, author: User, text: str) -> Comment:
    """Write a comment, and tell those whom it mentions. Raises ``TooManyCommentsError``."""
    now = timezone.now()
    recent = Comment.objects.filter(author=author, at__gt=now - timedelta(hours=1))
    if recent.count() >= MOST_PER_HOUR:
        raise TooManyCommentsError(_("You have written many comments in the last hour. Wait a little, then try again."))
    with transaction.atomic():
        comment = Comment.objects.create(
            experiment=experiment, author=author, author_name=author.get_username(), text=text, at=now
        )
        mentioned = mentioned_in(text, experiment.store)
        comment.mentioned.set(mentioned)
        for user in mentioned:
            if user != author:
                tell(comment, user)
    return comment


def tell(comment: Comment, user: User) -> None:
    """Queue an e-mail to somebody who is mentioned, unless they chose not to be told or have no address."""
    chosen = Subscription.objects.filter(user=user, store=comment.experiment.store).first()
    if not user.email or (chosen is not None and Topic.MENTION not in chosen.topics):
        return
    with translation.override(PersonLanguage.objects.of(user)):
        queue_mails([user.email], mention_of(comment))


def mention_of(comment: Comment) -> Email:
    """Write the e-mail to somebody who is mentioned, in the language of now."""
    words = {"author": comment.author_name, "test": comment.experiment.name}
    subject = _("%(author)s mentioned you in “%(test)s”") % words
    section = EmailSection(
        paragraphs=[comment.text],
        report_url=f"{report_url(comment.experiment)}#comment-{comment.pk}",
        link_text=_("View comment"),
    )
    return Email(store=comment.experiment.store, subject=subject, heading=subject, sections=[section])


def may_remove(comment: Comment, user: User) -> bool:
    """Whether the user wrote the comment, or administers the store."""
    if comment.author_id == user.pk:
        return True
    admins = Membership.objects.filter(store=comment.experiment.store, role=Role.ADMIN)
    return admins.filter(user=user).exists()
