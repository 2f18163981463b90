"""What the discussion of a test shows."""

from dataclasses import dataclass
from typing import Self

from django.http import HttpRequest

from dashboard.discussion.forms import CommentForm, OwnerForm
from dashboard.members import can_edit, is_store_admin, user_of
from experiments.discussion.mentions import members
from experiments.models import Comment, Experiment


@dataclass(frozen=True)
class ListedComment:
    """A comment, and whether the reader may delete it."""

    comment: Comment
    can_remove: bool


@dataclass(frozen=True)
class Discussion:
    """A test's comments, the oldest first, with the forms of who may write.

    ``names`` are the members' usernames, in casefold: what counts as a mention.
    """

    experiment: Experiment
    comments: list[ListedComment]
    names: frozenset[str]
    usernames: list[str]
    form: CommentForm
    owner_form: OwnerForm | None

    @classmethod
    def of(cls, request: HttpRequest, experiment: Experiment) -> Self:
        """Return the discussion as the reader sees it. Every member may write, viewers too."""
        user, is_admin = user_of(request), is_store_admin(request, experiment.store)
        comments = []
        for comment in experiment.comments.all():
            comments.append(ListedComment(comment, is_admin or comment.author_id == user.pk))
        usernames = list(members(experiment.store).values_list("username", flat=True))
        owner_form = None
        if can_edit(request, experiment.store):
            owner_form = OwnerForm(experiment=experiment, auto_id="described-%s")
        return cls(
            experiment,
            comments,
            frozenset(name.casefold() for name in usernames),
            usernames,
            CommentForm(auto_id="comment-%s"),
            owner_form,
        )
