"""The answers behind a card: one ship, one asset, the state of the whole."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import numpy as np

from seawarden import __version__
from seawarden.alerts.script import radio_script
from seawarden.model.alert import Alert
from seawarden.model.asset import Asset
from seawarden.model.drill import exercise_mmsi
from seawarden.model.finding import Finding
from seawarden.model.position import Provenance, Trust
from seawarden.service.drag_seen import ship_near, ships_near
from seawarden.service.prospects import ahead_of, forecast_status
from seawarden.service.view import View
from seawarden.service.watch import Stretch

PRODUCT: Final = "Seawarden"
NEXT_WITHIN_MIN: Final = 120.0
"""Ships that reach an asset later than this are not listed as next."""


def status(view: View) -> dict[str, Any]:
    """The state of the watch, in one answer."""
    watch = view.watch
    first, last = watch.range()
    why_not = watch.why_not()
    here = [watch.ship(track) for track in watch.last(last).track.tolist()]
    ships = [ship for ship in here if not exercise_mmsi(ship.mmsi)]
    return {
        "product": PRODUCT,
        "version": __version__,
        "mode": watch.mode,
        "watching": not why_not,
        "why_not": why_not,
        "event_t": view.stands(),
        "range": [first, last],
        "episodes": [
            {"id": episode.id, "label": episode.label, "from": episode.from_t, "to": episode.to_t}
            for episode in watch.episodes()
        ],
        "feeds": watch.feeds(),
        "ships": len({ship.mmsi for ship in ships}),
        "assets": len(view.assets()),
        "posture": watch.posture,
        "tick_ms": watch.tick_ms,
        "attribution": _attribution(view),
        "cannot_see": view.gate.texts(watch.cannot_see()),
        "seen": ships_near(view, view.stands()),
        "rights": sorted(view.gate.rights.groups),
        "forecast": forecast_status(view),
        "simulated": any(ship.simulated for ship in ships) or watch.mode == "demo",
        "faults": [fault.id for fault in view.faults(watch.clock()) if fault.state == "open"],
    }


def ship_card(view: View, mmsi: int, at: int) -> dict[str, Any] | None:
    """All that is known of one MMSI at a time; None when it was never heard."""
    watch = view.watch
    tracks = watch.tracks_of(mmsi)
    if not tracks:
        return None
    past = watch.stretch(mmsi, watch.range()[0], at)
    row = int(past.track[-1]) if len(past.t) else tracks[0]
    ship = watch.ship(row)
    findings = [finding for finding in view.findings(at) if finding.ship.mmsi == mmsi]
    alerts = [alert for alert in view.alerts(at) if alert.ship.mmsi == mmsi]
    lead = alerts[0] if alerts else None
    position = _position(view, past, at)
    lat, lon = (float(past.lat[-1]), float(past.lon[-1])) if position else (float("nan"), float("nan"))
    waters = watch.waters(lat, lon) if position else None
    return {
        "ship": ship,
        "position": position,
        "seen": ship_near(view, past, at),
        "findings": findings,
        "alerts": alerts,
        "reasons": lead.reasons if lead else (),
        "counter_reasons": lead.counter_reasons if lead else _benign(findings),
        "ahead": lead.ahead if lead and lead.ahead else ahead_of(view, row, at),
        "waters": lead.waters if lead and lead.waters else waters,
        "call": watch.calls(lat, lon, lead.asset if lead else None) if position else [],
        "script": radio_script(ship)._asdict(),
        "dossier": _dossier(view, mmsi, past, findings, alerts),
    }


def asset_collection(view: View) -> dict[str, Any]:
    """The assets as GeoJSON."""
    features = []
    for asset in view.assets():
        parts = asset.current.parts
        geometry = (
            {"type": "LineString", "coordinates": parts[0]}
            if len(parts) == 1
            else {"type": "MultiLineString", "coordinates": parts}
        )
        features.append({"type": "Feature", "id": asset.id, "geometry": geometry, "properties": _about(asset)})
    return {"type": "FeatureCollection", "features": features}


def asset_card(view: View, asset: Asset, at: int) -> dict[str, Any]:
    """One asset: who is near, who comes next, what was found."""
    watch = view.watch
    coming = [
        {"ship": alert.ship, "minutes": round(ahead.minutes, 1), "kp_km": ahead.asset.kp_km, "chance": ahead.chance}
        for alert in view.alerts(at, "active")
        for ahead in alert.ahead
        if ahead.asset.id == asset.id and ahead.minutes <= NEXT_WITHIN_MIN
    ]
    return {
        "asset": {
            **_about(asset),
            "system": asset.system,
            "owner": asset.owner,
            "contact": asset.contact,
            "countries": asset.countries,
            "source": asset.source,
            "licence": asset.licence,
            "notes": asset.notes,
            "accuracy_method": asset.current.accuracy_method,
        },
        "length_km": round(watch.length_km(asset.id), 3),
        "near": [
            {
                "ship": watch.ship(near.track),
                "distance_m": round(near.distance_m, 1),
                "kp_km": round(near.kp_km, 4),
                "minutes": None,
            }
            for near in watch.near(asset.id, at)
        ],
        "next": sorted(coming, key=lambda row: row["minutes"]),
        "findings": [f for f in view.findings(at) if f.asset is not None and f.asset.id == asset.id],
    }


def alert_detail(view: View, history: list[Alert], known: int | None = None) -> dict[str, Any]:
    """The newest revision of an alert, how it came to be, and who did what until a time, ms, where one is given."""
    newest = history[-1]
    return {
        **msgspec.to_builtins(newest),
        "history": history[:-1],
        "log": [
            {"t": action.t, "actor": action.actor, "action": action.action, **action.detail}
            for action in view.watch.actions(newest.id)
            if known is None or action.t <= known
        ],
    }


def _about(asset: Asset) -> dict[str, Any]:
    sigma = [value for part in asset.current.sigma_m for value in part]
    return {
        "id": asset.id,
        "name": asset.name,
        "kind": asset.kind,
        "system": asset.system,
        "system_name": asset.system_name,
        "status": asset.status,
        "sigma_m": round(float(np.median(sigma)), 1) if sigma else None,
        "watch_state": "",
        "attribution": asset.attribution,
        "visibility": asset.visibility,
    }


def _attribution(view: View) -> list[str]:
    ours = {asset.attribution for asset in view.assets() if asset.attribution}
    return list(dict.fromkeys([*view.gate.texts(view.watch.attribution()), *sorted(ours)]))


def _position(view: View, past: Stretch, at: int) -> dict[str, Any] | None:
    if not len(past.t):
        return None
    depth, _ = view.watch.depth(past.lat[-1:], past.lon[-1:])
    trust = Trust(int(past.trust[-1]))
    return {
        "t": int(past.t[-1]),
        "lat": round(float(past.lat[-1]), 6),
        "lon": round(float(past.lon[-1]), 6),
        "sog_kn": round(float(past.sog_kn[-1]), 2),
        "told_sog_kn": round(float(past.told_kn[-1]), 2) if Trust.SPEED_UNPROVEN in trust else None,
        "cog_deg": round(float(past.cog_deg[-1]), 1),
        "heading_deg": round(float(past.heading_deg[-1]), 1),
        "depth_m": round(float(depth[0]), 1),
        "age_s": round((at - int(past.t[-1])) / 1_000, 1),
        "nav_status": int(past.nav_status[-1]),
        "source": view.watch.source_name(int(past.source[-1])),
        "doubts": [doubt.name.lower() for doubt in trust if doubt.name],
    }


def _benign(findings: list[Finding]) -> list[Any]:
    return [reason for finding in findings[:3] for reason in finding.benign]


def _dossier(
    view: View, mmsi: int, past: Stretch, findings: list[Finding], alerts: list[Alert]
) -> dict[str, Any] | None:
    if not len(past.t):
        return None
    kinds: dict[str, int] = {}
    for finding in findings:
        kinds[finding.kind] = kinds.get(finding.kind, 0) + 1
    return {
        "first_t": int(past.t[0]),
        "last_t": int(past.t[-1]),
        "positions": len(past.t),
        "doubted": int((past.trust != 0).sum()),
        "provenance": Provenance(int(past.provenance.max())).name.lower(),
        "tracks": len(view.watch.tracks_of(mmsi)),
        "sources": sorted({view.watch.source_name(int(source)) for source in np.unique(past.source)}),
        "findings": kinds,
        "alerts": len(alerts),
    }
