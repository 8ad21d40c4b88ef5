"""The Common Alerting Protocol, version 1.2 (OASIS Standard, 1 July 2010).

An alert's first revision is an `Alert`, later ones are an `Update`, its end is a `Cancel`; an acknowledgement is an
`Ack`. Nothing here is `Public`: a warning about an asset tells where it lies.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from xml.etree import ElementTree as ET

from seawarden.channels.messages.case import list_words
from seawarden.channels.messages.told import STALE_MS, Told, from_flat, moment, to_flat
from seawarden.channels.messages.xml import child, parsed, written
from seawarden.model.alert import Alert
from seawarden.model.error import MessageError

NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"
URGENCY: Final = {"act": "Immediate", "challenge": "Immediate", "look": "Expected", "notice": "Future"}
"""CAP's Immediate asks for action at once, Expected within the hour. What is done, people decide: the response asked
for is always to assess."""
RADIUS_KM: Final = 2.0
"""Radius of the circle around the place: a report may be minutes old."""
HEADLINE: Final = 160
"""CAP asks headlines to fit in 160 characters."""
UTC_ZONE: Final = "-00:00"
"""CAP writes UTC this way; it forbids the letter Z."""


def encode(
    item: Told,
    alert: Alert,
    *,
    sender: str,
    earlier: Sequence[Told] = (),
    instruction: str = "",
    ack_note: str | None = None,
    ack_t: int | None = None,
) -> bytes:
    """One CAP message.

    Args:
        item: what is told of the alert, or of a case.
        alert: the alert itself, or the case's worst, for its reasons and consequence; it has passed the gate.
        sender: who sends, unique, without spaces, commas, `<` and `&`.
        earlier: earlier revisions that were sent, named as references.
        instruction: what a person may do or say.
        ack_note: makes it an acknowledgement of this revision, with this note.
        ack_t: when it was acknowledged, ms; the revision's own time when None.

    Raises:
        MessageError: the sender is not one that CAP allows.
    """
    if not sender or any(c in sender for c in " ,<&"):
        raise MessageError(f"{sender!r} can't be a CAP sender: no spaces, commas, '<' or '&'")
    kind = "Ack" if ack_note is not None else "Cancel" if item.over else "Update" if earlier else "Alert"
    root = ET.Element("alert", {"xmlns": NAMESPACE})
    child(root, "identifier", f"{item.key}-ack" if kind == "Ack" else item.key)
    child(root, "sender", sender)
    child(root, "sent", moment(item.updated_t if kind != "Ack" or ack_t is None else ack_t, UTC_ZONE))
    child(root, "status", "Exercise" if item.exercise else "Test" if item.simulated else "Actual")
    child(root, "msgType", kind)
    child(root, "source", "Seawarden: observed by a machine, decided by people")
    child(root, "scope", "Restricted")
    child(root, "restriction", "for the asset's operator and the authorities that guard it")
    if ack_note:
        child(root, "note", ack_note)
    referred = [item] if kind == "Ack" else list(earlier)
    if referred:
        names = (f"{sender},{other.key},{moment(other.updated_t, UTC_ZONE)}" for other in referred)
        child(root, "references", " ".join(names))
    child(root, "incidents", item.id)
    root.append(_info(item, alert, instruction))
    return written(root)


def _info(item: Told, alert: Alert, instruction: str) -> ET.Element:
    info = ET.Element("info")
    child(info, "language", "en-GB")
    child(info, "category", "Infra")
    child(info, "category", "Transport")
    child(info, "event", "Ship near an undersea asset")
    child(info, "responseType", "AllClear" if item.over else "Assess")
    child(info, "urgency", "Past" if item.over else URGENCY[item.tier])
    child(info, "severity", "Severe" if alert.consequence >= 1.0 else "Moderate")
    child(info, "certainty", "Likely" if item.risk > 0.5 else "Possible")
    child(info, "effective", moment(item.updated_t, UTC_ZONE))
    child(info, "onset", moment(item.start_t, UTC_ZONE))
    child(info, "expires", moment(item.updated_t + STALE_MS, UTC_ZONE))
    child(info, "senderName", "Seawarden")
    child(info, "headline", item.first_line[:HEADLINE])
    child(info, "description", description(item, alert))
    if instruction:
        child(info, "instruction", instruction)
    for name, text in to_flat(item).items():
        parameter = ET.SubElement(info, "parameter")
        child(parameter, "valueName", f"seawarden:{name}")
        child(parameter, "value", text)
    area = ET.SubElement(info, "area")
    assets = [line.asset or line.asset_id for line in item.lines] or [item.asset or item.asset_id]
    child(area, "areaDesc", ", ".join(dict.fromkeys(assets)))
    if item.lat is not None and item.lon is not None:
        child(area, "circle", f"{item.lat},{item.lon} {RADIUS_KM}")
    return info


def description(item: Told, alert: Alert) -> str:
    """The second line, the assets of a case, then what speaks for it and what against, a line each."""
    lines = [item.second_line] if item.second_line else []
    lines += list_words(item)
    lines += [f"for: {reason.text}" for reason in alert.reasons]
    lines += [f"against: {reason.text}" for reason in alert.counter_reasons]
    return "\n".join(lines) or item.first_line


def decode(data: bytes) -> tuple[str, Told]:
    """The message type and what is told, from a message that `encode` wrote.

    Raises:
        MessageError: not such a message.
    """
    root = parsed(data)
    space = f"{{{NAMESPACE}}}"
    flat = {
        parameter.findtext(f"{space}valueName", "").removeprefix("seawarden:"): parameter.findtext(
            f"{space}value", ""
        )
        for parameter in root.iter(f"{space}parameter")
    }
    kind = root.findtext(f"{space}msgType", "")
    if root.tag != f"{space}alert" or not flat:
        raise MessageError("not a CAP 1.2 message of ours")
    return kind, from_flat(flat)
