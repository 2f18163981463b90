"""Who works in the demo's store: owners of tests, and what they have written to each other."""

from datetime import timedelta
from typing import NamedTuple

from django.contrib.auth.models import User
from django.utils import timezone

from experiments.discussion.mentions import mentioned_in
from experiments.models import Comment, Experiment, Membership, Role, Store


class TeamMember(NamedTuple):
    """Somebody of the store's team, who can't log in."""

    username: str
    first_name: str
    last_name: str
    role: Role


class Remark(NamedTuple):
    """A comment under a test, so many days ago."""

    test: str
    author: str
    days_ago: int
    text: str


TEAM = (
    TeamMember("maya", "Maya", "Patel", Role.EDITOR),
    TeamMember("tom", "Tom", "Reed", Role.VIEWER),
)
OWNERS = {
    "cart-accessory": "maya",
    "exit-bundle": "maya",
    "breakage-cover-dialog": "demo",
    "napkins-afterwards": "maya",
    "one-offer-or-two": "maya",
    "gift-wrap-checkbox": "demo",
    "thank-you-cake-tins": "maya",
    "gift-wrap-card": "demo",
}
REMARKS = (
    Remark("cart-accessory", "tom", 12, "We have 400 cake stands left. Enough for a roll-out, @maya?"),
    Remark("cart-accessory", "maya", 11, "For about two months at this rate, and more come in three weeks."),
    Remark("cart-accessory", "maya", 1, "Its planned end is here, and conversion holds. @demo, I would roll it out."),
    Remark("exit-bundle", "tom", 2, "Ahead overall, but look at the effect by day: the first days did that."),
    Remark("exit-bundle", "maya", 1, "Agreed. A roll-out would keep the later part, and that isn't a win."),
    Remark(
        "breakage-cover-dialog",
        "maya",
        1,
        "Paused by its guardrail. Stop it, @demo? The checkbox does no harm.",
    ),
    Remark("one-offer-or-two", "tom", 2, "All its visitors are here. Why is there no verdict yet?"),
    Remark(
        "one-offer-or-two",
        "maya",
        1,
        "A fifth of these orders come back, most of them weeks later. It waits until we know in which variant.",
    ),
    Remark("gift-wrap-card", "demo", 33, "The split was the sign: a third of the treatment's visitors are missing."),
    Remark("thank-you-cake-tins", "maya", 19, "Rolled out. The holdout will say what all offers together are worth."),
)


def admit_team(store: Store) -> None:
    """Make the team, its tests' owners and its comments, once: what somebody changed since stays."""
    if User.objects.filter(username=TEAM[0].username).exists():
        return
    users = {"demo": User.objects.get(username="demo")}
    for member in TEAM:
        user = User(username=member.username, first_name=member.first_name, last_name=member.last_name)
        user.set_unusable_password()
        user.save()
        Membership.objects.create(user=user, store=store, role=member.role)
        users[member.username] = user
    tests = {test.key: test for test in Experiment.objects.filter(store=store)}
    for key, username in OWNERS.items():
        Experiment.objects.filter(pk=tests[key].pk).update(owner=users[username])
    for remark in REMARKS:
        comment = Comment.objects.create(
            experiment=tests[remark.test],
            author=users[remark.author],
            author_name=remark.author,
            text=remark.text,
            at=timezone.now() - timedelta(days=remark.days_ago),
        )
        comment.mentioned.set(mentioned_in(remark.text, store))
