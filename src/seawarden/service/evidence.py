"""The evidence pack of an alert or a fault: all that was seen, known, said and done about it, in one zip."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from typing import Any, Final

import msgspec
from fastapi import APIRouter, Request, Response

from seawarden import __version__
from seawarden.alerts.checklist import Checklists
from seawarden.alerts.desk import Desk
from seawarden.channels.messages.told import moment
from seawarden.model.drill import exercise_mmsi
from seawarden.model.event import OperatorAction
from seawarden.service.answer import ApiError, JsonResponse, body_of, not_found, takes
from seawarden.service.bodies import NoteBody
from seawarden.service.checklists import checklist_of
from seawarden.service.door import allow
from seawarden.service.evidence_sheet import sheet
from seawarden.service.exercised import drilled
from seawarden.service.ledger_pages import Ledgered
from seawarden.service.notifier import Notifier
from seawarden.service.routes import view_of
from seawarden.service.view import View
from seawarden.service.work import deed
from seawarden.settings import settings_hash
from seawarden.store.evidence import ACT, EXTRACT, extract_line, packed
from seawarden.store.ledger import Ledger

router = APIRouter(prefix="/api", default_response_class=JsonResponse)
BEFORE_MS: Final = 6 * 3_600_000
AFTER_MS: Final = 3_600_000
CANDIDATES: Final = 10
COLUMNS: Final = ("mmsi", "time", "t_ms", "lat", "lon", "sog_kn", "cog_deg", "heading_deg", "trust", "source")


@router.post("/alerts/{alert_id}/evidence", openapi_extra=takes(NoteBody))
async def of_alert(request: Request, alert_id: str) -> Response:
    """The evidence pack of an alert; that it was made, and its fingerprint, go into the ledger."""
    body = await body_of(request, NoteBody)
    actor = allow(request, "comment", body.actor)
    view = view_of(request)
    if not view.alert(alert_id):
        raise not_found("alert", alert_id)
    at = view.at(body.t)
    lists: Checklists = request.app.state.checklists
    notifier: Notifier | None = request.app.state.notifier
    return await _answer(
        view, actor, at, alert_id, lambda: alert_files(view, alert_id, at, lists, notifier), body.text
    )


@router.post("/faults/{fault_id}/evidence", openapi_extra=takes(NoteBody))
async def of_fault(request: Request, fault_id: str) -> Response:
    """The evidence pack of a fault; that it was made, and its fingerprint, go into the ledger."""
    body = await body_of(request, NoteBody)
    actor = allow(request, "comment", body.actor)
    view = view_of(request)
    at = view.at(body.t)
    if view.fault(fault_id, at) is None:
        raise not_found("fault", fault_id)
    return await _answer(view, actor, at, fault_id, lambda: fault_files(view, fault_id, at), body.text)


def pack(view: View, subject: str, actor: str, at: int, made: tuple[dict[str, bytes], dict[str, Any]]) -> Any:
    """The zip and its fingerprint, from files and facts."""
    files, facts = made
    rights = sorted(view.gate.rights.groups)
    return packed(
        files, {**facts, "subject": subject, "at": at, "made_by": actor, "rights": rights, **versions(view)}
    )


async def _answer(view: View, actor: str, at: int, subject: str, files: Any, text: str) -> Response:
    data, fingerprint = await asyncio.to_thread(lambda: pack(view, subject, actor, at, files()))
    detail = {"fingerprint": fingerprint} | ({"text": text} if text else {})
    await deed(view, OperatorAction(t=at, actor=actor, action=ACT, subject=subject, detail=detail))
    name = f"evidence-{subject}-{fingerprint[:8]}.zip"
    return Response(
        data,
        media_type="application/zip",
        headers={"content-disposition": f'attachment; filename="{name}"', "x-seawarden-fingerprint": fingerprint},
    )


def alert_files(
    view: View, alert_id: str, at: int, lists: Checklists, notifier: Notifier | None
) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The files of an alert's pack, and what its manifest says of it.

    Raises:
        ApiError: it was not known yet at that time.
    """
    history = [alert for alert in view.alert(alert_id) if alert.known_from_t <= at]
    if not history:
        raise ApiError(422, "nothing was known of this alert at that time")
    newest = history[-1]
    wanted = {name for alert in history for name in alert.findings}
    findings = [finding for finding in view.findings(at) if finding.id in wanted]
    acts = [act for act in view.watch.actions(alert_id) or _acts(view, alert_id) if act.t <= at]
    first = min([newest.start_t, *(f.start_t for f in findings)])
    files = _shared(view, alert_id, acts, at, {alert_id, *wanted})
    files |= _track(view, [newest.ship.mmsi], first - BEFORE_MS, at)
    files["alert.json"] = _json({"revisions": history, "work": Desk(acts, at).work(alert_id)})
    files["findings.json"] = _json(findings)
    files["checklist.json"] = _json(checklist_of(view, lists, alert_id, at))
    files["messages.json"] = _json(_messages(notifier, alert_id))
    facts = {"kind": "alert", "exercise": newest.exercise, "simulated": newest.simulated, "of": newest.first_line}
    files["summary.html"] = sheet(
        newest.first_line,
        at=at,
        facts=facts | versions(view),
        second=newest.second_line,
        speaks_for=[reason.text for reason in newest.reasons],
        against=[reason.text for reason in newest.counter_reasons],
        findings=findings,
        acts=acts,
        track=view.watch.stretch(newest.ship.mmsi, first - BEFORE_MS, at),
        route=_route(view, newest.asset.id),
        files=sorted(files),
    )
    return files, facts


def fault_files(view: View, fault_id: str, at: int) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The files of a fault's pack, and what its manifest says of it."""
    fault = view.fault(fault_id, at)
    assert fault is not None
    ships = [c.ship for c in fault.candidates[:CANDIDATES] if c.ship is not None]
    first, last = fault.from_t - BEFORE_MS, min(at, (fault.to_t or fault.declared_t) + AFTER_MS)
    numbers = {ship.mmsi for ship in ships}
    findings = [
        f for f in view.findings(at) if f.ship.mmsi in numbers and f.start_t <= last and (f.end_t or at) >= first
    ]
    acts = [act for act in _acts(view, fault_id) if act.t <= at]
    files = _shared(view, fault_id, acts, at, {fault_id})
    files |= _track(view, sorted(numbers), first, last)
    files["fault.json"] = _json(fault)
    files["findings.json"] = _json(findings)
    line = f"Fault on {fault.asset.name}, declared {moment(fault.declared_t)} by {fault.actor}"
    facts = {"kind": "fault", "exercise": fault.exercise, "simulated": False, "of": line}
    files["summary.html"] = sheet(
        line,
        at=at,
        facts=facts | versions(view),
        second=fault.blind,
        speaks_for=[
            f"{c.rank}. {'a ship nobody saw' if c.ship is None else c.ship.name or c.ship.mmsi}: {c.chance:.0%}"
            for c in fault.candidates[:CANDIDATES]
        ],
        against=["A ranking of who was near, not a verdict; a ship that nobody heard may have done it."],
        findings=findings,
        acts=acts,
        track=view.watch.stretch(ships[0].mmsi, first, last) if ships else None,
        route=_route(view, fault.asset.id),
        files=sorted(files),
    )
    return files, facts


def versions(view: View) -> dict[str, Any]:
    """By what all this was made: program, settings, assets."""
    held = drilled(view.watch)
    facts: dict[str, Any] = {"version": __version__}
    if held is not None:
        facts["settings_hash"] = settings_hash(held.drillmaster.settings)
        facts["assets_hash"] = held.drillmaster.assets_hash
    return facts


def _shared(view: View, subject: str, acts: list[OperatorAction], at: int, ids: set[str]) -> dict[str, bytes]:
    ledger = view.watch.ledger if isinstance(view.watch, Ledgered) else None
    lines = [] if ledger is None else _entries(view, ledger, subject, ids, at)
    heads = {} if ledger is None else ledger.heads()
    return {
        "acts.json": _json(acts),
        EXTRACT: b"".join(json.dumps(line, sort_keys=True).encode() + b"\n" for line in lines),
        "heads.json": _json(heads),
    }


def _entries(view: View, ledger: Ledger, subject: str, ids: set[str], at: int) -> list[dict[str, Any]]:
    """Entries of the ledger about the subject; a body that this reader may not see, as its hash alone."""
    marks = [f'"{name}"'.encode() for name in sorted(ids)]
    found = []
    for stream in ("alert", "finding", "findings", "ranking", "fault", "fault_cleared", "action"):
        for entry in ledger.entries(stream):
            if entry.t <= at and any(mark in entry.body for mark in marks):
                hidden = view.gate.hides and stream not in ("action", "alert", "fault", "fault_cleared")
                told = not hidden and not view.gate.tells(entry.body.decode())
                found.append(extract_line(entry, told=told))
    return sorted(found, key=lambda line: (line["shard"], line["sequence"]))


def _acts(view: View, subject: str) -> list[OperatorAction]:
    return [act for act in view.watch.deeds() if act.subject == subject]


def _messages(notifier: Notifier | None, alert_id: str) -> list[dict[str, Any]]:
    """What was sent about an alert, and what became of it; addresses are left out: they may hold secrets."""
    if notifier is None:
        return []
    log, about = notifier.outbox.log(100_000), notifier.outbox.about(alert_id)
    return [msgspec.to_builtins(m) for m in log if m.key in about or m.key.startswith(f"{alert_id}-")]


def _track(view: View, numbers: list[int], from_t: int, to_t: int) -> dict[str, bytes]:
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(COLUMNS)
    features = []
    for mmsi in numbers:
        s = view.watch.stretch(mmsi, from_t, to_t)
        columns = (s.lat, s.lon, s.told_kn, s.cog_deg, s.heading_deg)
        for k in range(len(s.t)):
            values = [round(float(column[k]), 6) for column in columns]
            plain = ["" if value != value else value for value in values]
            source = view.watch.source_name(int(s.source[k]))
            rows.writerow([mmsi, moment(int(s.t[k])), int(s.t[k]), *plain, int(s.trust[k]), source])
        if len(s.t):
            line = [[round(float(o), 6), round(float(a), 6)] for a, o in zip(s.lat, s.lon, strict=True)]
            properties = {
                "mmsi": mmsi,
                "name": view.watch.ship(int(s.track[-1])).name,
                "exercise": exercise_mmsi(mmsi),
                "times_ms": s.t.tolist(),
            }
            geometry = {"type": "LineString", "coordinates": line if len(line) > 1 else line * 2}
            features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    collection = {"type": "FeatureCollection", "features": features}
    return {"track.csv": table.getvalue().encode(), "track.geojson": _json(collection)}


def _route(view: View, asset_id: str) -> list[list[tuple[float, float]]]:
    asset = view.asset(asset_id)
    return [] if asset is None else [[(lon, lat) for lon, lat in part] for part in asset.current.parts]


def _json(value: Any) -> bytes:
    return json.dumps(msgspec.to_builtins(value), indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"
