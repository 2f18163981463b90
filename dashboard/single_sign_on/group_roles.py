"""What a person's groups at the provider give and take: the role in each store that ``OIDC_ROLES`` names."""

from django.contrib.auth.models import User
from django.db import transaction

from config.single_sign_on import SingleSignOn
from dashboard.single_sign_on.identity import Identity
from dashboard.single_sign_on.refusals import ACTOR
from experiments import audit
from experiments.models import AuditAction, Membership, Store


def gives_any_role(provider: SingleSignOn, identity: Identity) -> bool:
    """Whether the groups make the person a member of a store that exists."""
    given = [slug for slug in provider.stores if provider.role_in(slug, identity.groups or frozenset())]
    return Store.objects.filter(slug__in=given).exists()


@transaction.atomic
def apply_groups(provider: SingleSignOn, identity: Identity, person: User) -> None:
    """Give the person the role that the groups say in each store of the mapping, and take the others away.

    Nothing changes in other stores, nor where the provider doesn't list the groups.
    """
    if identity.groups is None:
        return
    # The person's row first: of two logins at once, the second waits here and finds what the first has changed.
    User.objects.select_for_update().get(pk=person.pk)
    memberships = {one.store_id: one for one in Membership.objects.filter(user=person).select_for_update()}
    for store in Store.objects.filter(slug__in=provider.stores).order_by("pk"):
        role = provider.role_in(store.slug, identity.groups)
        change_role(store, person, memberships.get(store.pk), role)


def change_role(store: Store, person: User, membership: Membership | None, role: str | None) -> None:
    """Make the membership of one store what the groups say, and note it where that is a change."""
    before = membership and membership.role
    if before == role:
        return
    if membership is None:
        Membership.objects.create(store=store, user=person, role=role or "")
    elif role is None:
        membership.delete()
    else:
        membership.role = role
        membership.save(update_fields=["role"])
    audit.record(
        store=store,
        action=AuditAction.ROLE_BY_GROUPS,
        actor=ACTOR,
        detail={"member": person.get_username(), "role": [before, role]},
    )
