"""The same rows as ADX (IHE), for systems that read XML."""

from collections.abc import Sequence
from datetime import date, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from app.reports.rules.rows import DataRow

NAMESPACE = "urn:ihe:qrph:adx:2015"


def adx_bytes(rows: Sequence[DataRow], data_set: str, exported_at: datetime) -> bytes:
    """An ADX document: one group a place and day."""
    root = Element("adx", {"xmlns": NAMESPACE, "exported": exported_at.isoformat("T", "seconds")})
    groups: dict[tuple[str, date], Element] = {}
    for row in rows:
        group = groups.get((row.org_unit, row.period))
        if group is None:
            told = {"orgUnit": row.org_unit, "period": f"{row.period.isoformat()}/P1D"}
            if data_set:
                told["dataSet"] = data_set
            group = groups[row.org_unit, row.period] = SubElement(root, "group", told)
        value = {"dataElement": row.element, "value": str(row.value)}
        if row.combo:
            value["categoryOptionCombo"] = row.combo
        SubElement(group, "dataValue", value)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written
