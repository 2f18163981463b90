"""Contacts, journeys, runs, messages, senders and what happens to a customer after the order: one file per noun."""

from journeys.models.approval import JourneyApproval
from journeys.models.contact import (
    BY_CHOICE,
    IDLE_CONTACT_DAYS,
    MESSAGE_EVENT_DAYS,
    SEND_POINT_DAYS,
    Address,
    AddressState,
    Channel,
    ConsentBasis,
    ConsentRecord,
    Contact,
    ContactRetention,
    Suppression,
    SuppressionReason,
)
from journeys.models.contact_file import ContactFile, ContactFileKind, ContactFileState
from journeys.models.journey import (
    Journey,
    JourneyExit,
    JourneyStatus,
    JourneyStep,
    JourneyVersion,
    StepKind,
    Trigger,
    WaitFrom,
)
from journeys.models.message import AnsweredAct, CustomerMessage, MessageEvent, MessageEventKind, MessageState
from journeys.models.provider_delivery import ProviderDelivery, ProviderDeliveryStatus, UnmatchedEvent
from journeys.models.run import COUNTED_VERDICTS, EXIT_VERDICTS, Run, SendPoint, SendVerdict
from journeys.models.sender import DomainState, Sender, SendingLimit, SendingSwitch
from journeys.models.signals import Contract, Friction, FrictionKind, QuestionAnswer, Shipment
from journeys.models.stage import ContactStage, StageSettings

__all__ = [
    "BY_CHOICE",
    "COUNTED_VERDICTS",
    "EXIT_VERDICTS",
    "IDLE_CONTACT_DAYS",
    "MESSAGE_EVENT_DAYS",
    "SEND_POINT_DAYS",
    "Address",
    "AddressState",
    "AnsweredAct",
    "Channel",
    "ConsentBasis",
    "ConsentRecord",
    "Contact",
    "ContactFile",
    "ContactFileKind",
    "ContactFileState",
    "ContactRetention",
    "ContactStage",
    "Contract",
    "CustomerMessage",
    "DomainState",
    "Friction",
    "FrictionKind",
    "Journey",
    "JourneyApproval",
    "JourneyExit",
    "JourneyStatus",
    "JourneyStep",
    "JourneyVersion",
    "MessageEvent",
    "MessageEventKind",
    "MessageState",
    "ProviderDelivery",
    "ProviderDeliveryStatus",
    "QuestionAnswer",
    "Run",
    "SendPoint",
    "SendVerdict",
    "Sender",
    "SendingLimit",
    "SendingSwitch",
    "Shipment",
    "StageSettings",
    "StepKind",
    "Suppression",
    "SuppressionReason",
    "Trigger",
    "UnmatchedEvent",
    "WaitFrom",
]
