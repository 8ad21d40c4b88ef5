"""Risks as a Parquet table: one row a ship, asset and moment at which it was worked out."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from seawarden.channels.gate import Gate
from seawarden.model.error import StoreError
from seawarden.model.finding import Reason
from seawarden.model.risk import AssetAhead, Risk
from seawarden.store.files import whole_file

SCHEMA: dict[str, Any] = {
    "t": pl.Datetime("ms", "UTC"),
    "mmsi": pl.Int64,
    "track_id": pl.String,
    "name": pl.String,
    "simulated": pl.Boolean,
    "asset": pl.String,
    "asset_name": pl.String,
    "system": pl.String,
    "kp_km": pl.Float64,
    "chance": pl.Float64,
    "consequence": pl.Float64,
    "minutes": pl.Float64,
    "findings": pl.List(pl.String),
    "reasons": pl.String,
    "counter_reasons": pl.String,
    "ahead": pl.String,
    "risk": pl.Binary,
}
"""`minutes`: until the first asset ahead; reasons and `ahead` are JSON; `risk` is the whole as JSON."""


def write_risks(path: Path, risks: Iterable[Risk], gate: Gate) -> int:
    """Write the risks that the gate lets through; returns their number.

    Raises:
        StoreError: the file can't be written.
    """
    rows = [_row(risk) for risk in map(gate.one, risks) if risk is not None]
    columns = {name: [row[name] for row in rows] for name in SCHEMA}
    table = pl.DataFrame(columns, schema=SCHEMA)
    packed = io.BytesIO()  # written by the library into memory, by us to the disk: a full one is then told as such
    table.write_parquet(packed, compression="zstd")
    with whole_file(path) as file:
        file.write(packed.getbuffer())
    return len(rows)


def read_risks(path: Path) -> list[Risk]:
    """Read back what `write_risks` wrote.

    Raises:
        StoreError: the file is missing or no table of risks.
    """
    try:
        column = pl.read_parquet(path, columns=["risk"])["risk"].to_list()
        return [msgspec.json.decode(data, type=Risk) for data in column]
    except (OSError, pl.exceptions.PolarsError, msgspec.MsgspecError) as error:
        raise StoreError(f"{path}: can't be read as a table of risks ({error})") from None


def _row(risk: Risk) -> dict[str, Any]:
    return {
        "t": risk.t,
        "mmsi": risk.ship.mmsi,
        "track_id": risk.ship.track_id,
        "name": risk.ship.name,
        "simulated": risk.ship.simulated,
        "asset": risk.asset.id,
        "asset_name": risk.asset.name,
        "system": risk.asset.system,
        "kp_km": risk.asset.kp_km,
        "chance": risk.chance,
        "consequence": risk.consequence,
        "minutes": risk.ahead[0].minutes if risk.ahead else None,
        "findings": list(risk.findings),
        "reasons": _json(risk.reasons),
        "counter_reasons": _json(risk.counter_reasons),
        "ahead": _json(risk.ahead),
        "risk": msgspec.json.encode(risk),
    }


def _json(items: tuple[Reason, ...] | tuple[AssetAhead, ...]) -> str:
    return msgspec.json.encode(items).decode()
