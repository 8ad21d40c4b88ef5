"""What a replay says at its end: one line a case, however many alerts it has."""

from __future__ import annotations

import msgspec

from seawarden.cli.replay import case_lines
from seawarden.model.alert import Alert, Tier
from seawarden.model.finding import AssetRef
from seawarden.model.vessel import ShipRef

T0 = 1_735_122_360_000  # 2024-12-25 10:26Z
MIN = 60_000


def alert(k: int, tier: Tier = "challenge", case: str = "c1", mmsi: int = 219_000_001) -> Alert:
    return Alert(
        id=f"{case}-{k}",
        revision=2,
        tier=tier,
        highest_tier=tier,
        state="raised",
        ship=ShipRef(mmsi=mmsi, track_id=f"{mmsi}-1"),
        asset=AssetRef(id=f"line-{k}", name=f"Line {k}", kind="power_cable", system=f"line-{k}"),
        first_line=f"{tier.upper()} · {mmsi} · slowing? since 10:26Z · LINE {k} in 12 min",
        start_t=T0,
        raised_t=T0,
        updated_t=T0 + MIN,
        known_from_t=T0 + MIN,
        risk=0.1 - 0.001 * k,
        case=case,
        cause="speed",
    )


def test_thirty_alerts_are_one_line_at_its_height() -> None:
    begun = [msgspec.structs.replace(alert(k, "notice"), revision=1, known_from_t=T0) for k in range(30)]
    over = [
        msgspec.structs.replace(alert(k), revision=3, state="closed", known_from_t=T0 + 9 * MIN) for k in range(30)
    ]
    lines = case_lines([*over, *begun, *map(alert, range(30))])
    assert lines == [
        "1 case to look at, each at its height:",
        "  2024-12-25 CHALLENGE · 219000001 · slowing? since 10:26Z · LINE 0 in 12 min · +29 more assets",
    ]


def test_the_most_urgent_come_first_and_the_rest_is_counted() -> None:
    looks = [alert(0, "look", f"c{k}", 219_000_010 + k) for k in range(2, 30)]
    lines = case_lines([*looks, alert(0, "act", "c99", 219_000_099)], most=5)
    assert lines[0].startswith("29 cases") and "ACT" in lines[1] and len(lines) == 7
    assert lines[-1].startswith("  and 24 more")


def test_notices_are_no_case_to_look_at() -> None:
    assert case_lines([alert(k, "notice") for k in range(3)]) == []
