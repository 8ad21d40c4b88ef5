from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from seawarden.channels.schemas import PUBLISHED, field_sentences, schema
from seawarden.model.alert import Alert, Waters
from seawarden.model.error import Uncertain
from seawarden.model.fault import Candidate, Fault
from seawarden.model.finding import AssetRef, Finding, InputQuality, Reason, SourceRef, Threshold, TrackPoint
from seawarden.model.risk import AssetAhead, Risk
from seawarden.model.vessel import ShipRef
from seawarden.model.work import Area, Call, Comment, Handover, Pledge, Silence, Step, Work
from seawarden.store.summary import FeedSummary, Summary

ROOT = Path(__file__).resolve().parents[2]
SHIP = ShipRef(mmsi=219_000_001, track_id="219000001-1", length_m=80.0)
ASSET = AssetRef(id="estlink-2", name="Estlink 2", kind="power_cable", system="estlink", kp_km=3.5)
AHEAD = (AssetAhead(asset=ASSET, minutes=20.0, minutes_low=12.0, minutes_high=40.0, chance=0.6),)
WHY = (Reason(text="slower than usual", weight=1.5, measure="loss"),)

EXAMPLES: dict[str, msgspec.Struct] = {
    "finding": Finding(
        id="f",
        revision=2,
        kind="slowdown",
        state="open",
        ship=SHIP,
        asset=ASSET,
        start_t=1,
        known_from_t=2,
        measured=(Uncertain(name="loss", value=None, unit="", sigma=0.1),),
        thresholds=(Threshold(name="loss", value=0.12, unit="", setting="behaviours.slowdown.least_loss"),),
        track=(TrackPoint(t=1, lon=11.0, lat=56.0, sog_kn=None, cog_deg=0.0, heading_deg=None, trust=0),),
        input_quality=InputQuality(
            positions=3,
            median_interval_s=None,
            longest_gap_s=60.0,
            doubted=0,
            heading_share=0.0,
            provenance="observed",
        ),
        benign=WHY,
        sources=(SourceRef(source="made", file="a.csv", first_offset=1, last_offset=3),),
    ),
    "alert": Alert(
        id="a",
        revision=1,
        tier="look",
        highest_tier="look",
        state="raised",
        ship=SHIP,
        asset=ASSET,
        first_line="LOOK",
        start_t=1,
        raised_t=1,
        updated_t=1,
        known_from_t=1,
        risk=0.1,
        reasons=WHY,
        ahead=AHEAD,
        waters=Waters(name="Denmark", minutes_left=3.0),
    ),
    "risk": Risk(t=1, ship=SHIP, asset=ASSET, chance=0.1, consequence=1.0, reasons=WHY, ahead=AHEAD),
    "fault": Fault(
        id="x",
        asset=ASSET,
        from_t=1,
        declared_t=2,
        known_from_t=2,
        candidates=(Candidate(rank=1, ship=None, chance=0.4), Candidate(rank=2, ship=SHIP, chance=0.6, ahead=AHEAD)),
    ),
    "summary": Summary(
        version="0.1.0",
        settings_hash="0",
        records=1,
        rejected={"checksum": 1},
        positions=0,
        ships=0,
        ship_days=0.0,
        from_t=None,
        to_t=None,
        findings={},
        alerts={},
        digest="0",
        feeds=(FeedSummary(source="made", records=1, positions=0),),
    ),
    "work": Work(
        alert_id="a",
        phase="challenge",
        steps=(Step(phase="challenge", t=2, actor="officer"),),
        acknowledged_t=1,
        checked=("coast guard called",),
        calls=(Call(t=2, actor="officer", whom="the bridge", answer="engine trouble", kind="satisfying"),),
        promises=(Pledge(id="p", t=2, actor="officer", text="revolutions reported", due_t=9),),
        comments=(Comment(t=3, actor="officer", text="seen"),),
    ),
    "silence": Silence(
        id="s", t=1, actor="officer", until_t=9, why="divers", area=Area(lat=56.0, lon=11.0, radius_m=500.0)
    ),
    "handover": Handover(id="h", t=1, given_by="officer", note="all quiet", taken_t=2, taken_by="relief"),
}
WRONG = {"ship": 3, "records": "x", "asset": 4, "steps": 5, "until_t": "x", "given_by": 6}
"""In each form at least one of these is of another type."""


@pytest.mark.parametrize("name", list(PUBLISHED))
def test_what_is_written_fits_its_schema(name: str) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    written = msgspec.json.decode(msgspec.json.encode(EXAMPLES[name]))
    jsonschema.Draft202012Validator.check_schema(schema(name))
    jsonschema.validate(written, schema(name))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**written, **WRONG}, schema(name))


def test_the_published_files_are_current() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "schemas.py"), "--check"],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT / "src")},
    )
    assert done.returncode == 0, done.stdout


def test_ids_carry_a_version_and_no_host() -> None:
    assert {schema(name)["$id"] for name in PUBLISHED} == {f"seawarden:{name}:1" for name in PUBLISHED}


def test_sentences_become_descriptions() -> None:
    assert field_sentences(Alert)["outcome"].startswith("`true`")
    assert schema("alert")["$defs"]["ShipRef"]["properties"]["mmsi"] == {"type": "integer"}
    assert "SIMULATED" in schema("alert")["$defs"]["ShipRef"]["properties"]["simulated"]["description"]
