"""A real experiment from a file: its units become the exposures, outcomes included, of an imported experiment."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from experiments import money
from experiments.accounting import staged_units
from experiments.accounting.rollups import refresh_after_bulk
from experiments.imports.units import Columns, Unit, UnitReader
from experiments.models import Experiment, Source, Status, Store, Variant
from experiments.reading.exposures import exposed_span
from experiments.snapshots import take_snapshot
from experiments.tables import BadFile, RowErrors

# As many as an experiment that is served may have; more values mean that the wrong column was named.
MAX_VARIANTS = 6


@dataclass(slots=True, kw_only=True)
class ImportResult(RowErrors):
    """What came of an import."""

    units: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0

    @property
    def has_changes(self) -> bool:
        """Whether any unit is another than before."""
        return bool(self.added or self.changed or self.removed)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastTest:
    """The test that a file is of.

    - ``store_slug``, ``currency``: its store, made where there is none; ``None`` for the store's own currency.
    - ``key``, ``name``: the experiment's; without a name it is made from the key.
    - ``control``: the value of the control in the column of variants.
    - ``weights``: how visitors were meant to be split, by the variants' values or keys; those told earlier stay.
    """

    store_slug: str
    key: str
    name: str = ""
    currency: str | None = None
    control: str
    weights: Mapping[str, int] = field(default_factory=dict)


def import_experiment(
    file: BinaryIO,
    test: PastTest,
    columns: Columns,
    *,
    is_skipping_bad_rows: bool = False,
    decimal: str | None = None,
) -> ImportResult:
    """Make the experiment hold exactly the units of the file, in one transaction; the same file again changes nothing.

    Raises ``BadFile`` where the file can't be imported as asked: an unreadable file, a missing column, a bad row
    (unless skipped), an experiment of this key that is served live.
    """
    with transaction.atomic():
        store = store_for(test.store_slug, test.currency)
        experiment = experiment_for(store, test.key, test.name)
        reader = reader_for(experiment, columns, decimal)
        result = stage(file, reader)
        if not is_skipping_bad_rows:
            result.refuse()
        has_other_weights = set_variants_and_units(
            experiment, reader.variants, control=test.control, weights=test.weights, result=result
        )
        set_dates(experiment)
        # a stored report keeps the time at which its figures were new, so nothing is stored where none has changed
        if has_other_weights or result.has_changes:
            refresh_after_bulk(experiment)
            take_snapshot(experiment)
    return result


def reader_for(experiment: Experiment, columns: Columns, decimal: str | None) -> UnitReader:
    """The reader of the experiment's file."""
    store = experiment.store
    # units without a time of their own keep that of the first import: else each repetition would change all of them
    exposed_at = experiment.started_at or timezone.now()
    return UnitReader(columns, store.currency, exposed_at, store.zone, decimal)


def set_variants_and_units(
    experiment: Experiment,
    names: dict[str, str],
    *,
    control: str,
    weights: Mapping[str, int],
    result: ImportResult,
) -> bool:
    """Give the experiment the staged variants and their units; return whether its planned split is another now.

    Raises ``BadFile``.
    """
    # read before they change: told weights hold only for the variants that they were told for
    known = set(experiment.variants.values_list("key", flat=True))
    set_variants(experiment, names, control)
    merged = staged_units.merge(experiment)
    result.added, result.changed, result.removed = merged.added, merged.changed, merged.removed
    # only now does no exposure point to the variants that are gone
    experiment.variants.exclude(key__in=names).delete()
    return set_weights(experiment, weights, known)


def store_for(slug: str, currency: str | None) -> Store:
    """The store, made where there is none."""
    check_slug("--store", slug)
    if currency is not None and not money.is_code(currency):
        raise BadFile(f"--currency {currency!r} must be an ISO 4217 code, such as USD.")
    defaults = {"name": slug.replace("-", " ").title(), "currency": currency or "USD"}
    store, _ = Store.objects.get_or_create(slug=slug, defaults=defaults)
    if currency and store.currency != currency:
        raise BadFile(f"Store {slug} sells in {store.currency}, not {currency}: leave --currency out or name another.")
    return store


def experiment_for(store: Store, key: str, name: str) -> Experiment:
    """The imported experiment of this key, made where there is none, locked until the import ends."""
    check_slug("--key", key)
    if len(name) > 200:
        raise BadFile("--name must be 200 characters at most.")
    # locked against a second import of the same file, which would stage and merge the same units beside this one
    experiment, _ = Experiment.with_holdouts.select_for_update().get_or_create(
        store=store,
        key=key,
        defaults={
            "name": name or key.replace("-", " ").title(),
            "source": Source.IMPORTED,
            "status": Status.CONCLUDED,
            "day_zone": store.zone.key,
        },
    )
    if experiment.source != Source.IMPORTED:
        raise BadFile(f"Experiment {key} of store {store.slug} is served live; choose another --key for the import.")
    if name and experiment.name != name:
        experiment.name = name
        experiment.save(update_fields=["name", "updated_at"])
    return experiment


def check_slug(option: str, value: str) -> None:
    """Raise ``BadFile`` unless the value can be a slug as it is."""
    if not value or len(value) > 64 or slugify(value) != value.lower():
        raise BadFile(f"{option} {value!r} must be letters, digits, hyphens and underscores, 64 at most.")


def stage(file: BinaryIO, reader: UnitReader) -> ImportResult:
    """Stream the file's units into a temporary table."""
    result = ImportResult()
    with staged_units.staging() as write:
        for row, unit in reader.read(file):
            if isinstance(unit, Unit):
                write(staged(unit))
                result.units += 1
            else:
                result.add_error(row.where, unit)
    result.notes = reader.notes
    return result


def staged(unit: Unit) -> staged_units.StagedUnit:
    """The unit as a row of the temporary table."""
    return staged_units.StagedUnit(
        visitor_id=unit.visitor_id,
        variant_key=unit.variant_key,
        exposed_at=unit.exposed_at,
        cart_value_minor=unit.cart_value_minor,
        segments=unit.segments,
        orders=unit.orders,
        revenue_minor=unit.revenue_minor,
    )


def set_variants(experiment: Experiment, names: dict[str, str], control: str) -> None:
    """Make the variants those of the file, with this control; ``names`` are their values by key."""
    if not names:
        raise BadFile("The file has no row to import.")
    if control not in names.values():
        raise BadFile(f"No row has the control {control!r}; the variants are {', '.join(sorted(names.values()))}.")
    if not 2 <= len(names) <= MAX_VARIANTS:
        raise BadFile(f"An experiment has 2 to {MAX_VARIANTS} variants; the variant column has {len(names)} values.")
    # a constraint allows one control: the old one goes first, because the new file may call another its control
    experiment.variants.update(is_control=False)
    # the control first, because reports list variants in the order of their ids
    control_first = sorted(names.items(), key=lambda item: (item[1] != control, item[1]))
    for key, name in control_first:
        Variant.objects.update_or_create(
            experiment=experiment, key=key, defaults={"name": name, "is_control": name == control}
        )


def set_weights(experiment: Experiment, weights: Mapping[str, int], known: Collection[str]) -> bool:
    """Note the planned split, and return whether it wasn't known; ``known`` are the variants before this import.

    Raises ``BadFile`` unless it names each variant.
    """
    variants = list(experiment.variants.all())
    if not weights:
        if experiment.has_told_weights and {variant.key for variant in variants} != set(known):
            raise BadFile("The file has different variants than before: set their planned split again with --weights.")
        return False
    by_key = weights_by_key(variants, weights)
    changed = []
    for variant in variants:
        if variant.weight != by_key[variant.key]:
            variant.weight = by_key[variant.key]
            changed.append(variant)
    Variant.objects.bulk_update(changed, ["weight"])
    was_told = experiment.has_told_weights
    experiment.has_told_weights = True
    experiment.save(update_fields=["has_told_weights", "updated_at"])
    return bool(changed) or not was_told


def weights_by_key(variants: Sequence[Variant], weights: Mapping[str, int]) -> dict[str, int]:
    """The weights by the variants' keys; they may be told by key or by name. Raises ``BadFile``."""
    # backwards, so that the first of two variants that share a name, or a name and a key, is the one that is meant
    keys: dict[str, str] = {}
    for variant in reversed(variants):
        keys[variant.key] = keys[variant.name] = variant.key
    by_key: dict[str, int] = {}
    for name, weight in weights.items():
        if name not in keys:
            there = ", ".join(variant.name for variant in variants)
            raise BadFile(f"--weights names {name!r}, which no row has; the variants are {there}.")
        by_key[keys[name]] = weight
    for variant in variants:
        if variant.key not in by_key:
            raise BadFile(f"--weights has no weight for {variant.name!r}: give each variant one.")
    return by_key


def set_dates(experiment: Experiment) -> None:
    """Let the experiment span its exposures."""
    experiment.started_at, experiment.ended_at = exposed_span(experiment)
    experiment.save(update_fields=["started_at", "ended_at", "updated_at"])
