"""Urgent notices between programs: the Common Alerting Protocol, version 1.2."""

from app.notices.rules.cap.alerts import (
    Alert,
    Area,
    Category,
    Certainty,
    Info,
    MessageType,
    NamedValue,
    Reference,
    Resource,
    ResponseType,
    Scope,
    Severity,
    Standing,
    Urgency,
)
from app.notices.rules.cap.reading import read_alert
from app.notices.rules.cap.writing import write_alert

__all__ = [
    "Alert",
    "Area",
    "Category",
    "Certainty",
    "Info",
    "MessageType",
    "NamedValue",
    "Reference",
    "Resource",
    "ResponseType",
    "Scope",
    "Severity",
    "Standing",
    "Urgency",
    "read_alert",
    "write_alert",
]
