"""Finds rows by the names that are given on the command line."""

from django.core.management.base import CommandError

from experiments.models import Experiment, Store

MOST_STORES_NAMED = 20  # in an error: more would hide the sentence that says what to do


def find_store(slug: str) -> Store:
    """Return the store of this slug. Raises ``CommandError`` that names the stores there are."""
    store = Store.objects.filter(slug=slug).first()
    if store is not None:
        return store
    slugs = list(Store.objects.order_by("slug").values_list("slug", flat=True)[: MOST_STORES_NAMED + 1])
    if not slugs:
        raise CommandError(f"There is no store {slug!r}, and no other store yet. Create one in the admin under Stores.")
    names = ", ".join(slugs[:MOST_STORES_NAMED])
    if len(slugs) > MOST_STORES_NAMED:
        names += " and more (see Stores in the admin)"
    raise CommandError(f"There is no store {slug!r}. Use the slug of one of these stores: {names}.")


def find_experiment(key: str, store_slug: str | None) -> Experiment:
    """Return the experiment of this key; the store may be left out where only one has such an experiment.

    Raises ``CommandError`` where there is none, or more than one.
    """
    found = Experiment.with_holdouts.select_related("store").filter(key=key)
    if store_slug is not None:
        found = found.filter(store__slug=store_slug)
    experiments = list(found.order_by("store__slug"))
    if not experiments:
        where = f"Store {store_slug} has no experiment"
        if store_slug is None:
            where = "No store has an experiment"
        raise CommandError(f"{where} {key!r}. Check the key and --store.")
    if len(experiments) > 1:
        slugs = [experiment.store.slug for experiment in experiments]
        raise CommandError(f"Several stores have an experiment {key!r}: name one with --store ({', '.join(slugs)}).")
    return experiments[0]
