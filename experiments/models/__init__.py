"""The data, one file per noun."""

from experiments.models.annotation import Annotation, AnnotationKind
from experiments.models.api_token import ApiToken
from experiments.models.approval import Approval, ApprovalState, ApprovedStep
from experiments.models.audit import AuditAction, AuditEntry
from experiments.models.comment import Comment
from experiments.models.custom_metric import ChosenMetric, CountedValue, CustomMetric, CustomMetricDay, CustomOutcome
from experiments.models.decision_day import DecisionDay, DecisionReason, DecisionSample
from experiments.models.event import FUNNEL_TYPES, EventType, Rejection, WidgetEvent
from experiments.models.experiment import Experiment
from experiments.models.experiment_choices import (
    CUSTOMER_WINDOW_DAYS,
    AssignmentUnit,
    Covariate,
    Decision,
    Metric,
    Moment,
    PairExposure,
    PlanVersion,
    Source,
    Status,
)
from experiments.models.exposure import Exposure
from experiments.models.exposure_day import CovariateDay, ExposureDay, TouchedDay
from experiments.models.funnel import ForgottenEvents, FunnelChange, FunnelDay, FunnelVisitor, UncountedEvents
from experiments.models.identity import CustomerAlias, CustomerSighting, OrderClaim
from experiments.models.long_outcome import LongOutcome, LongOutcomeDay
from experiments.models.moved_events import EventBatch, EventErasure, MovedDecline
from experiments.models.notification import SlackChannel, Subscription, Topic, WebhookAttempt, WebhookTarget
from experiments.models.order import (
    COUNTED_STATUSES,
    HISTORY,
    UNSIGNED,
    Order,
    OrderLine,
    OrderStatus,
    Refund,
    RepeatKind,
)
from experiments.models.overlap import Overlap
from experiments.models.person_language import PersonLanguage
from experiments.models.snapshot import Snapshot
from experiments.models.store import ApprovalRule, ConsentMode, Membership, Role, Store, UnsignedOrders
from experiments.models.variant import Variant

__all__ = [
    "COUNTED_STATUSES",
    "CUSTOMER_WINDOW_DAYS",
    "FUNNEL_TYPES",
    "HISTORY",
    "UNSIGNED",
    "Annotation",
    "AnnotationKind",
    "ApiToken",
    "Approval",
    "ApprovalRule",
    "ApprovalState",
    "ApprovedStep",
    "AssignmentUnit",
    "AuditAction",
    "AuditEntry",
    "ChosenMetric",
    "Comment",
    "ConsentMode",
    "CountedValue",
    "Covariate",
    "CovariateDay",
    "CustomMetric",
    "CustomMetricDay",
    "CustomOutcome",
    "CustomerAlias",
    "CustomerSighting",
    "Decision",
    "DecisionDay",
    "DecisionReason",
    "DecisionSample",
    "EventBatch",
    "EventErasure",
    "EventType",
    "Experiment",
    "Exposure",
    "ExposureDay",
    "ForgottenEvents",
    "FunnelChange",
    "FunnelDay",
    "FunnelVisitor",
    "LongOutcome",
    "LongOutcomeDay",
    "Membership",
    "Metric",
    "Moment",
    "MovedDecline",
    "Order",
    "OrderClaim",
    "OrderLine",
    "OrderStatus",
    "Overlap",
    "PairExposure",
    "PersonLanguage",
    "PlanVersion",
    "Refund",
    "Rejection",
    "RepeatKind",
    "Role",
    "SlackChannel",
    "Snapshot",
    "Source",
    "Status",
    "Store",
    "Subscription",
    "Topic",
    "TouchedDay",
    "UncountedEvents",
    "UnsignedOrders",
    "Variant",
    "WebhookAttempt",
    "WebhookTarget",
    "WidgetEvent",
]
