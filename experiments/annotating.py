"""Annotations made, changed and removed, each with its entry in the audit trail."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from experiments import audit
from experiments.models import Annotation, AuditAction, Experiment, Store

FIELDS = ("kind", "text", "first_day", "last_day", "is_confounding", "experiment")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotationFields:
    """What somebody says of an annotation; fields as in the model."""

    kind: str
    text: str
    first_day: date
    last_day: date
    is_confounding: bool = False
    experiment: Experiment | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """An annotation as it is kept now; ``is_new``, or ``is_changed`` where it was there in other words."""

    annotation: Annotation
    is_new: bool
    is_changed: bool


def add(store: Store, fields: AnnotationFields, *, actor: str, external_id: str = "") -> Annotation:
    """Add an annotation. Raises ``ValidationError`` by field."""
    annotation = Annotation(store=store, created_by=actor, external_id=external_id)
    put(annotation, fields)
    with transaction.atomic():
        annotation.save()
        note(annotation, AuditAction.ANNOTATED, actor, audit_detail(annotation))
    return annotation


def keep(store: Store, external_id: str, fields: AnnotationFields, *, actor: str) -> Kept:
    """Add what another system or a file says, or make the annotation of that id what is said now.

    Without an id, an annotation that says the same already is left as it is, so that a file can be imported again.
    Raises ``ValidationError`` by field.
    """
    with transaction.atomic():
        # Against the same annotation sent twice at once, which would be two: the second waits, and finds the first's.
        Store.objects.select_for_update(no_key=True).get(pk=store.pk)
        known = known_annotation(store, external_id, fields)
        if known is None:
            return Kept(add(store, fields, actor=actor, external_id=external_id), is_new=True, is_changed=False)
        return Kept(known, is_new=False, is_changed=change(known, fields, actor=actor))


def known_annotation(store: Store, external_id: str, fields: AnnotationFields) -> Annotation | None:
    """Return the store's annotation of this id; without an id one that says the same; ``None`` where there is none."""
    of_store = Annotation.objects.filter(store=store).select_related("experiment")
    if external_id:
        return of_store.filter(external_id=external_id).first()
    return of_store.filter(**{name: getattr(fields, name) for name in FIELDS}).first()


def change(annotation: Annotation, fields: AnnotationFields, *, actor: str) -> bool:
    """Make the annotation what is said now, and return whether that is something else. Raises ``ValidationError``."""
    before = audit_detail(annotation)
    put(annotation, fields)
    changed = audit.changes(before, audit_detail(annotation))
    if not changed:
        return False
    with transaction.atomic():
        annotation.save()
        note(annotation, AuditAction.ANNOTATION_CHANGED, actor, changed)
    return True


def remove(annotation: Annotation, *, actor: str) -> None:
    """Delete the annotation; the audit trail keeps what it said."""
    with transaction.atomic():
        note(annotation, AuditAction.ANNOTATION_REMOVED, actor, audit_detail(annotation))
        annotation.delete()


def check(fields: AnnotationFields) -> None:
    """Raise ``ValidationError`` by field where this can't be an annotation of the store of its test."""
    annotation = Annotation()
    if fields.experiment is not None:
        annotation.store_id = fields.experiment.store_id
    put(annotation, fields)


def put(annotation: Annotation, fields: AnnotationFields) -> None:
    """Set the annotation's fields, not saved here. Raises ``ValidationError`` by field."""
    for name in FIELDS:
        setattr(annotation, name, getattr(fields, name))
    annotation.full_clean(exclude=("created_by", "store"), validate_unique=False, validate_constraints=False)


def audit_detail(annotation: Annotation) -> dict[str, Any]:
    """Return what the annotation says, as the audit trail has it: the test by its key."""
    detail = audit.values(annotation, FIELDS)
    if annotation.experiment is not None:
        detail["experiment"] = annotation.experiment.key
    return detail


def note(annotation: Annotation, action: AuditAction, actor: str, detail: dict[str, Any]) -> None:
    """Enter it in the audit trail: of the test, or of the store where it is about all tests."""
    audit.record(store=annotation.store, experiment=annotation.experiment, action=action, actor=actor, detail=detail)
