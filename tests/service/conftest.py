"""A small made world: two ships, two assets, one of them restricted, and what was found of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from seawarden.geography.layer import AssetLayer, build_layer
from seawarden.model.alert import Alert, Waters
from seawarden.model.asset import Asset, AssetVersion
from seawarden.model.batch import Catalogue
from seawarden.model.fault import Candidate, Fault
from seawarden.model.finding import AssetRef, Finding, Reason
from seawarden.model.position import make_positions
from seawarden.model.risk import AssetAhead, Risk
from seawarden.model.vessel import ShipRef
from seawarden.service.replayed import Replayed
from seawarden.settings import DEFAULTS
from seawarden.store.canonical import digest
from seawarden.store.ledger import Ledger
from seawarden.store.recording import Recording, make_recording
from seawarden.store.summary import FeedSummary, Summary

T0 = 1_735_084_800_000
MIN = 60_000
NORDIC = ShipRef(mmsi=219_000_001, track_id="219000001-1", name="NORDIC TEST", length_m=180.0, type="tanker")
ELSE = ShipRef(mmsi=265_000_002, track_id="265000002-1", name="ELSE", length_m=80.0, type="cargo")


def make_asset(name: str, lat: float, *, visibility: str = "public", lon: float = 11.0) -> Asset:
    slug = name.lower().replace(" ", "-")
    return Asset(
        id=slug,
        name=name,
        kind="power_cable",
        versions=(AssetVersion(parts=(((lon, lat), (lon + 0.5, lat)),), sigma_m=((50.0,),)),),
        visibility=visibility,
        attribution=f"from the owner of {name}",
        contact=f"desk of {name}",
    )


def ref_of(asset: Asset, kp_km: float = 3.0) -> AssetRef:
    return AssetRef(
        id=asset.id,
        name=asset.name,
        kind=asset.kind,
        system=asset.system,
        kp_km=kp_km,
        visibility=asset.visibility,
    )


def make_recorded(assets: Sequence[Asset]) -> Recording:
    """Two ships for two hours at a position a minute; a finding, a risk, an alert and a fault for each asset."""
    steps = np.arange(120)
    t = T0 + steps * MIN
    positions = make_positions(
        240,
        t=np.concatenate([t, t]),
        mmsi=np.repeat([NORDIC.mmsi, ELSE.mmsi], 120),
        lat=np.concatenate([56.0 + steps * 0.004, np.full(120, 55.5)]),
        lon=np.concatenate([np.full(120, 11.2), 11.0 + steps * 0.003]),
        sog_kn=np.repeat([14.4, 6.1], 120),
        cog_deg=np.repeat([0.0, 90.0], 120),
        seq=np.arange(240),
    )
    findings: list[Finding] = []
    alerts: list[Alert] = []
    risks: list[Risk] = []
    faults: list[Fault] = []
    for number, asset in enumerate(assets):
        ref = ref_of(asset)
        ahead = tuple(
            AssetAhead(asset=ref_of(other), minutes=20.0, minutes_low=15.0, minutes_high=30.0, chance=0.6)
            for other in assets
        )
        start = T0 + (30 + number) * MIN
        findings.append(
            Finding(
                id=f"crossing-{number}",
                revision=1,
                kind="crossing",
                state="closed",
                ship=NORDIC,
                asset=ref,
                start_t=start,
                known_from_t=start + MIN,
                benign=(Reason(text="a usual lane"),),
            )
        )
        risks.append(Risk(t=start, ship=NORDIC, asset=ref, chance=0.1, consequence=1.0, ahead=ahead))
        for revision, tier in enumerate(("look", "challenge"), start=1):
            known = start + revision * 10 * MIN
            alerts.append(
                Alert(
                    id=f"alert-{number}",
                    revision=revision,
                    tier="look" if tier == "look" else "challenge",
                    highest_tier="look" if tier == "look" else "challenge",
                    state="raised",
                    ship=NORDIC,
                    asset=ref,
                    first_line=f"{tier.upper()} · NORDIC TEST 219000001 · {asset.name} in 20 min",
                    start_t=start,
                    raised_t=start + 10 * MIN,
                    updated_t=known,
                    known_from_t=known,
                    risk=0.1 * revision,
                    reasons=(Reason(text="slower than usual", weight=1.0),),
                    findings=(f"crossing-{number}",),
                    ahead=ahead,
                    waters=Waters(name="Denmark", kind="territorial sea"),
                )
            )
        faults.append(
            Fault(
                id=f"fault-{number}",
                asset=ref,
                from_t=start,
                declared_t=start + 60 * MIN,
                known_from_t=start + 60 * MIN,
                candidates=(Candidate(rank=1, ship=NORDIC, chance=0.7, ahead=ahead),),
            )
        )
    catalogue = Catalogue()
    catalogue.source("made")
    summary = Summary(
        version="0.1.0",
        settings_hash="0" * 64,
        records=240,
        rejected={},
        positions=240,
        ships=2,
        tracks=2,
        ship_days=0.16,
        from_t=T0,
        to_t=T0 + 119 * MIN,
        assets=len(assets),
        findings={"crossing": len(findings)},
        alerts={"challenge": len(assets)},
        digest=digest(findings, alerts),
        feeds=(FeedSummary(source="made", records=240, positions=240, last_t=T0 + 119 * MIN),),
        attribution=("Made data",),
    )
    return make_recording(
        positions,
        np.repeat(np.array([0, 1], dtype=np.int32), 120),
        [NORDIC, ELSE],
        summary,
        findings=findings,
        alerts=alerts,
        risks=risks,
        faults=faults,
        catalogue=catalogue,
    )


MakeWatch = Callable[..., Replayed]


@pytest.fixture(scope="session")
def public_asset() -> Asset:
    return make_asset("Open Link", 56.2)


@pytest.fixture(scope="session")
def secret_asset() -> Asset:
    return make_asset("Quiet Thread", 56.317, visibility="navy", lon=11.0471)


@pytest.fixture(scope="session")
def recorded() -> Callable[[Sequence[Asset]], Recording]:
    return make_recorded


@pytest.fixture(scope="session")
def make_watch() -> MakeWatch:
    def make(assets: Sequence[Asset], ledger: Ledger | None = None, **more: object) -> Replayed:
        layer: AssetLayer = build_layer(list(assets))
        return Replayed(make_recorded(assets), layer, DEFAULTS, ledger=ledger, **more)  # type: ignore[arg-type]

    return make
