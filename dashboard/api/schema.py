"""The description of the API: the report's shape comes from its dataclasses."""

from typing import Any

import msgspec

from experiments.report import MetricView, Report
from experiments.report.part import PartReport

REFERENCE = "#/components/schemas/{name}"
REPORT = {"$ref": REFERENCE.format(name="Report")}
PART = {"$ref": REFERENCE.format(name="PartReport")}
METRIC_VIEW = {"$ref": REFERENCE.format(name="MetricView")}


def add_report(result: dict[str, Any], **context: Any) -> dict[str, Any]:
    """Add the report and what it consists of to the schemas: JSON Schema 2020-12, as OpenAPI 3.1 has it."""
    _, components = msgspec.json.schema_components([Report, MetricView, PartReport], ref_template=REFERENCE)
    own = result["components"]["schemas"]
    if own.keys() & components.keys():
        raise ValueError(f"two schemas of one name: {', '.join(own.keys() & components.keys())}")
    own |= components
    return result
