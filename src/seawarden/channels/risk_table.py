"""Risks as a Parquet table: one row a ship, asset and moment at which it was worked out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from seawarden.channels.gate import Gate
from seawarden.model.error import StoreError
from seawarden.model.finding import Reason
from seawarden.model.risk import AssetAhead, Risk
from seawarden.store.files import whole_file

SCHEMA = pa.schema(
    [
        ("t", pa.timestamp("ms", tz="UTC")),
        ("mmsi", pa.int64()),
        ("track_id", pa.string()),
        ("name", pa.string()),
        ("simulated", pa.bool_()),
        ("asset", pa.string()),
        ("asset_name", pa.string()),
        ("system", pa.string()),
        ("kp_km", pa.float64()),
        ("chance", pa.float64()),
        ("consequence", pa.float64()),
        ("minutes", pa.float64()),
        ("findings", pa.list_(pa.string())),
        ("reasons", pa.string()),
        ("counter_reasons", pa.string()),
        ("ahead", pa.string()),
        ("risk", pa.binary()),
    ]
)
"""`minutes`: until the first asset ahead; reasons and `ahead` are JSON; `risk` is the whole as JSON."""


def write_risks(path: Path, risks: Iterable[Risk], gate: Gate) -> int:
    """Write the risks that the gate lets through; returns their number.

    Raises:
        StoreError: the file can't be written.
    """
    rows = [_row(risk) for risk in map(gate.one, risks) if risk is not None]
    with whole_file(path) as file:
        pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), file, compression="zstd")
    return len(rows)


def read_risks(path: Path) -> list[Risk]:
    """Read back what `write_risks` wrote.

    Raises:
        StoreError: the file is missing or no table of risks.
    """
    try:
        column = pq.read_table(path, columns=["risk"])["risk"].to_pylist()
        return [msgspec.json.decode(data, type=Risk) for data in column]
    except (OSError, pa.ArrowException, KeyError, msgspec.MsgspecError) as error:
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
