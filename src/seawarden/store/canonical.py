"""Canonical JSON, and the digest by which two runs are told equal.

What depends on the machine or on when something was learnt is left out (code version, known-from, known-to, when
a revision was made known). Values are stated at a fixed resolution where they are made (`model.resolution`), so that
the digest speaks of what was found and of nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from seawarden.model.alert import Alert
from seawarden.model.finding import Finding

LEFT_OUT: Final[Mapping[str, Any]] = {"known_from_t": 0, "known_to_t": None, "code_version": ""}
"""Fields that say when something was learnt or by which code, and what stands in their place."""


def canonical_json(value: Any) -> bytes:
    """JSON with sorted keys, no spaces and no NaN (null), of builtins or structs; one value has one form."""
    return msgspec.json.encode(msgspec.to_builtins(value), order="sorted")


def canonical(item: Finding | Alert) -> bytes:
    """The canonical form of one revision, without what depends on machine and moment of learning."""
    blank = {name: value for name, value in LEFT_OUT.items() if name in item.__struct_fields__}
    return msgspec.json.encode(msgspec.structs.replace(item, **blank))


def digest(findings: Iterable[Finding], alerts: Iterable[Alert]) -> str:
    """SHA-256 (hex) over all revisions, in any order given; a revision that is given twice counts once.

    Args:
        findings: all revisions of all findings.
        alerts: all revisions of all alerts.
    """
    total = hashlib.sha256()
    for name, items in (("finding", findings), ("alert", alerts)):
        forms = {(item.id, item.revision, canonical(item)) for item in items}
        for _, _, form in sorted(forms):
            total.update(name.encode() + b" " + form + b"\n")
    return total.hexdigest()
