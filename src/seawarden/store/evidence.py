"""An evidence pack: files about one alert or fault, a manifest of their hashes, and the check that all is as packed.

The manifest's own hash is the pack's fingerprint. It goes into the ledger as an act when the pack is made; the ledger
then vouches for the pack, and the pack's extract for the ledger.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from seawarden.model.error import StoreError
from seawarden.store.canonical import canonical_json
from seawarden.store.entry import Entry
from seawarden.store.ledger import Ledger
from seawarden.store.verify import verify

FORMAT: Final = "seawarden-evidence/1"
MANIFEST: Final = "manifest.json"
EXTRACT: Final = "ledger.jsonl"
ACT: Final = "evidence"
_DATED: Final = (1980, 1, 1, 0, 0, 0)
"""Zip can't do without a date; the times that count are in the manifest."""
BYTES_AT_MOST: Final = 1 << 30


class EvidenceVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a check of a pack came to."""

    subject: str
    fingerprint: str
    files: int
    entries: int
    """Entries of the ledger's extract."""
    in_ledger: bool | None
    """Whether the ledger given holds the extract and the act of packing; None when none was given."""
    flaws: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """True when nothing is wrong."""
        return not self.flaws


def extract_line(entry: Entry, *, told: bool) -> dict[str, Any]:
    """An entry as a line of the extract; a body that its reader may not see stands as its hash, and seals alike."""
    line: dict[str, Any] = {
        "shard": entry.shard,
        "sequence": entry.sequence,
        "stream": entry.stream,
        "stream_sequence": entry.stream_sequence,
        "t": entry.t,
        "actor": entry.actor,
        "previous": entry.previous,
        "hash": entry.hash,
        "body_sha256": hashlib.sha256(entry.body).hexdigest(),
    }
    return line | ({"body": entry.body.decode()} if told else {})


def packed(files: Mapping[str, bytes], facts: Mapping[str, Any]) -> tuple[bytes, str]:
    """The pack as a zip, and its fingerprint: the same files and facts make the same bytes.

    Args:
        files: contents by name.
        facts: what else the manifest says.
    """
    listed = {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)} for name, data in sorted(files.items())
    }
    manifest = canonical_json({"format": FORMAT, **facts, "files": listed})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, data in [*sorted(files.items()), (MANIFEST, manifest)]:
            info = zipfile.ZipInfo(name, date_time=_DATED)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            pack.writestr(info, data)
    return out.getvalue(), hashlib.sha256(manifest).hexdigest()


def check(path: Path, ledger: Ledger | None = None) -> EvidenceVerdict:
    """Whether a pack, a zip or its unpacked folder, is as it was made.

    Every file is held against the manifest, every entry of the extract against its own seal and its neighbours; with
    the ledger every entry against the chain, and the pack against the act that made it.

    Raises:
        StoreError: it is no evidence pack, or can't be read.
    """
    files = _read(path)
    if MANIFEST not in files:
        raise StoreError(f"{path}: is no evidence pack: it has no {MANIFEST}")
    manifest = files.pop(MANIFEST)
    try:
        told = json.loads(manifest)
        listed = {str(name): str(about["sha256"]) for name, about in told["files"].items()}
        subject, form = str(told["subject"]), told["format"]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise StoreError(f"{path}: is no evidence pack: its {MANIFEST} can't be read") from None
    if form != FORMAT:
        raise StoreError(f"{path}: is of the form {form!r}, and this version reads {FORMAT!r}")
    fingerprint = hashlib.sha256(manifest).hexdigest()
    flaws = [f"{name} is missing" for name in sorted(listed.keys() - files.keys())]
    flaws += [f"{name} is not in the manifest" for name in sorted(files.keys() - listed.keys())]
    flaws += [
        f"{name} is not as it was packed"
        for name in sorted(listed.keys() & files.keys())
        if hashlib.sha256(files[name]).hexdigest() != listed[name]
    ]
    entries, broken = _extract(files.get(EXTRACT, b""))
    flaws += broken
    held = None if ledger is None else _against(ledger, entries, fingerprint, subject, flaws)
    return EvidenceVerdict(
        subject=subject,
        fingerprint=fingerprint,
        files=len(listed),
        entries=len(entries),
        in_ledger=held,
        flaws=tuple(flaws),
    )


def _read(path: Path) -> dict[str, bytes]:
    try:
        if path.is_dir():
            return {p.relative_to(path).as_posix(): p.read_bytes() for p in sorted(path.rglob("*")) if p.is_file()}
        with zipfile.ZipFile(path) as pack:
            if sum(info.file_size for info in pack.infolist()) > BYTES_AT_MOST:
                raise StoreError(f"{path}: unpacks to more than 1 GiB, which no evidence pack does")
            return {info.filename: pack.read(info) for info in pack.infolist() if not info.is_dir()}
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise StoreError(f"{path}: can't be read as an evidence pack ({error})") from None


def _extract(data: bytes) -> tuple[list[dict[str, Any]], list[str]]:
    entries: list[dict[str, Any]] = []
    flaws: list[str] = []
    before: dict[str, dict[str, Any]] = {}
    for number, text in enumerate(data.splitlines(), start=1):
        where = f"{EXTRACT}, line {number}"
        try:
            line = json.loads(text)
            head = [line[k] for k in ("shard", "sequence", "stream", "stream_sequence", "t", "actor", "previous")]
            body_hash = bytes.fromhex(line["body_sha256"])
            sealed = hashlib.sha256(canonical_json(head) + b"\n" + body_hash).hexdigest()
            body = line.get("body")
        except (ValueError, KeyError, TypeError):
            flaws.append(f"{where}: is no entry of a ledger")
            continue
        if sealed != line["hash"]:
            flaws.append(f"{where}: its seal does not fit what it says")
        if body is not None and hashlib.sha256(str(body).encode()).digest() != body_hash:
            flaws.append(f"{where}: its body is not the one that was sealed")
        last = before.get(line["shard"])
        if last is not None and line["sequence"] == last["sequence"] + 1 and line["previous"] != last["hash"]:
            flaws.append(f"{where}: does not follow the entry before it")
        before[line["shard"]] = line
        entries.append(line)
    return entries, flaws


def _against(
    ledger: Ledger, entries: Iterable[Mapping[str, Any]], fingerprint: str, subject: str, flaws: list[str]
) -> bool:
    verdict = verify(ledger)
    flaws += [f"the ledger: {flaw.shard} {flaw.sequence}: {flaw.what}" for flaw in verdict.flaws[:20]]
    held = {(entry.shard, entry.sequence): entry.hash for entry in ledger.entries()}
    missing = [line for line in entries if held.get((line["shard"], line["sequence"])) != line["hash"]]
    flaws += [f"entry {line['sequence']} of `{line['shard']}` is not in this ledger" for line in missing[:20]]
    acts = [entry.content() for entry in ledger.entries("action")]
    made = any(
        act.get("action") == ACT
        and act.get("subject") == subject
        and act.get("detail", {}).get("fingerprint") == fingerprint
        for act in acts
    )
    if not made:
        flaws.append("this ledger knows of no pack with this fingerprint")
    return made and not missing and verdict.whole
