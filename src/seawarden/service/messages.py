"""Alerts for others: CAP, Cursor-on-Target, KML, Atom, GeoJSON, CSV, GeoPackage; and drafts for a person."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request, Response

from seawarden.alerts.desk import Desk
from seawarden.alerts.script import radio_script
from seawarden.channels.messages import cap, cot, geojson, kml, news, radio, table
from seawarden.channels.messages.told import Told, told
from seawarden.model.alert import Alert
from seawarden.service.answer import JsonResponse, not_found
from seawarden.service.case_list import cases_of, told_of
from seawarden.service.fresh import has_it, tag_of
from seawarden.service.moments import Asked, Moments
from seawarden.service.routes import view_of
from seawarden.service.view import View
from seawarden.service.work import place_of

router = APIRouter(prefix="/api", default_response_class=JsonResponse)

Form = Literal["geojson", "kml", "csv", "atom", "gpkg"]
MEDIA: Final[dict[str, str]] = {
    "geojson": "application/geo+json",
    "kml": "application/vnd.google-earth.kml+xml",
    "csv": "text/csv; charset=utf-8",
    "atom": "application/atom+xml",
    "gpkg": "application/geopackage+sqlite3",
    "cap": "application/cap+xml",
    "cot": "application/xml",
}
State = Annotated[str, Query(pattern="^(active|all|raised|lowered|closed|retracted)?$")]


@router.get("/export/alerts.{form}")
async def export(
    request: Request, form: Form, asked: Asked, state: State = "", exercises: bool = False, fold: bool = False
) -> Response:
    """All alerts as known then, in one file; those of drills only when asked for; `fold` makes one of each case."""
    view = view_of(request)
    items = await asyncio.to_thread(folded if fold else items_of, view, asked, state, exercises)
    return conditional(request, await asyncio.to_thread(_file, form, items, asked.at), MEDIA[form])


@router.get("/export/link.kml")
def link(request: Request) -> Response:
    """A KML network link to the alerts, for a globe that fetches them anew."""
    return Response(kml.link(f"{request.base_url}api/export/alerts.kml?state=active"), media_type=MEDIA["kml"])


@router.get("/alerts/{alert_id}/cap")
def as_cap(
    request: Request,
    alert_id: str,
    ack: bool = False,
    revision: Annotated[int | None, Query(ge=0, le=1_000_000_000, description="newest when left out")] = None,
) -> Response:
    """A revision as a CAP 1.2 message, with the earlier ones as references.

    With `ack` its acknowledgement: of the revision that was there when somebody acknowledged it.
    """
    view = view_of(request)
    history = _history(view, alert_id)
    work = Desk(view.watch.deeds(), view.watch.clock()).work(alert_id)
    if revision is not None:
        history = [alert for alert in history if alert.revision <= revision]
        if not history or history[-1].revision != revision:
            raise not_found("revision", revision)
    elif ack and work.acknowledged_t is not None:
        history = [a for a in history if a.known_from_t <= work.acknowledged_t] or history[:1]
    items = [_told(view, alert) for alert in history]
    note = f"acknowledged by {work.acknowledged_by}" if work.acknowledged_by else "received"
    script = radio_script(history[-1].ship)
    data = cap.encode(
        items[-1],
        history[-1],
        sender=f"seawarden@{(request.url.hostname or 'localhost').replace(',', '')}",
        earlier=items[:-1],
        instruction=f"For a person to speak, over the asset: {script.over} Clear of it: {script.clear}",
        ack_note=note if ack else None,
        ack_t=work.acknowledged_t,
    )
    return conditional(request, data, MEDIA["cap"])


@router.get("/alerts/{alert_id}/cot")
def as_cot(request: Request, alert_id: str) -> Response:
    """The newest revision as a Cursor-on-Target event."""
    view = view_of(request)
    item = _told(view, _history(view, alert_id)[-1])
    if item.lat is None:
        raise not_found("place of alert", alert_id)
    return conditional(request, cot.encode(item), MEDIA["cot"])


@router.get("/alerts/{alert_id}/drafts")
def drafts(request: Request, alert_id: str) -> Response:
    """What a person may speak or type: nothing here is ever transmitted."""
    view = view_of(request)
    newest = _history(view, alert_id)[-1]
    text = radio.safety_text(_told(view, newest))
    return JsonResponse({"safety_text": text, "characters": len(text), "script": radio_script(newest.ship)._asdict()})


def items_of(view: View, asked: Moments, state: str, exercises: bool = False) -> list[Told]:
    """What is told of each alert that a reader sees, most urgent first; those of drills only when asked for."""
    shown = [a for a in asked.begun(view.alerts(asked.known, state)) if exercises or not a.exercise]
    return [told(alert, place_of(view, alert, asked.at)) for alert in shown]


def folded(view: View, asked: Moments, state: str, exercises: bool = False) -> list[Told]:
    """What is told of each case, as `items_of` of each alert."""
    shown = [a for a in asked.begun(view.alerts(asked.known, state)) if exercises or not a.exercise]
    return [told_of(view, case, asked.at) for case in cases_of(view, asked.known, shown)]


def conditional(request: Request, data: bytes, media: str) -> Response:
    """The data with its ETag, or 304 where the reader has it already."""
    tag = tag_of(data)
    if has_it(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers={"etag": tag})
    return Response(data, media_type=media, headers={"etag": tag, "cache-control": "no-cache"})


def _told(view: View, alert: Alert) -> Told:
    return told(alert, place_of(view, alert, alert.updated_t))


def _history(view: View, alert_id: str) -> list[Alert]:
    history = view.alert(alert_id)
    if not history:
        raise not_found("alert", alert_id)
    return history


def _file(form: Form, items: list[Told], at: int) -> bytes:
    if form == "geojson":
        return geojson.encode(items)
    if form == "kml":
        return kml.encode(items)
    if form == "csv":
        return table.to_csv(items)
    if form == "atom":
        newest = sorted(items, key=lambda item: -item.updated_t)
        updated = newest[0].updated_t if newest else at
        return news.encode(newest, feed_id="urn:seawarden:alerts", updated_t=updated)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "alerts.gpkg"
        table.to_geopackage(path, items)
        return path.read_bytes()
