"""`seawarden fault`: something broke; which ships could have done it?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seawarden.cli.options import AsJson, AssetsName, KpRange, RightsGroups, ServerUrl, SettingsFile, kp, shown
from seawarden.cli.watched import DEFAULT_ASSETS
from seawarden.model.error import SeawardenError, UsageError
from seawarden.model.moment import time

if TYPE_CHECKING:
    from seawarden.cli.served import Served
    from seawarden.model.fault import Candidate, Fault
    from seawarden.service.view import View

app = typer.Typer(help="Declared faults and the ships that could have done it.", no_args_is_help=True)

CANDIDATES_SHOWN = 12

OutFolder = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="DIR", help="Work on this folder of a run (or make it) instead of a running watch."
    ),
]


@app.callback()
def about() -> None:
    """Declared faults and the ships that could have done it."""


@app.command("add")
def add(
    asset: Annotated[str, typer.Option("--asset", metavar="NAME", help="Name, id or alias of what broke.")],
    from_t: Annotated[
        int, typer.Option("--from", parser=time, metavar="TIME", help="Earliest time at which it may have happened.")
    ],
    to_t: Annotated[
        int | None,
        typer.Option("--to", parser=time, metavar="TIME", help="Latest time; until it was told when left out."),
    ] = None,
    kp_range: Annotated[
        KpRange | None,
        typer.Option("--kp", parser=kp, metavar="A..B", help="Kilometre points between which it lies."),
    ] = None,
    declared_t: Annotated[
        int | None,
        typer.Option(
            "--declared", parser=time, metavar="TIME", help="When we were told; the newest time by default."
        ),
    ] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="A remark for the record.")] = "",
    actor: Annotated[str, typer.Option("--actor", metavar="WHO", help="Who declares it.")] = "operator",
    exercise: Annotated[bool, typer.Option("--exercise", help="This is a drill.")] = False,
    url: ServerUrl = None,
    out: OutFolder = None,
    positions: Annotated[
        list[str],
        typer.Option("--positions", metavar="SOURCE", help="Ship positions to rank from, with --out; repeatable."),
    ] = [],  # noqa: B006
    assets: AssetsName = DEFAULT_ASSETS,
    rights: RightsGroups = [],  # noqa: B006
    settings: SettingsFile = None,
    as_json: AsJson = False,
) -> None:
    """Declare a fault and rank every ship that was near in place and time.

    Asks the running watch; with --out it works on a folder that `replay --positions` wrote, or on --positions.
    """
    from seawarden.cli.console import say, say_json
    from seawarden.service.bodies import FaultBody

    body = FaultBody(
        asset=asset,
        from_t=from_t,
        to_t=to_t,
        kp_from_km=kp_range.from_km if kp_range else None,
        kp_to_km=kp_range.to_km if kp_range else None,
        declared_t=declared_t,
        note=note,
        actor=actor,
        exercise=exercise,
    )
    if positions and out is None:
        raise UsageError("--positions needs --out, the folder in which the fault is kept")
    if out is None:
        fault = _ask(url, settings, body)
    else:
        fault = _work(out, positions, assets, rights, settings, body)
    if as_json:
        say_json(fault)
    else:
        for line in lines_of(fault):
            say(line)


@app.command("list")
def list_faults(
    url: ServerUrl = None,
    out: OutFolder = None,
    rights: RightsGroups = [],  # noqa: B006
    settings: SettingsFile = None,
    as_json: AsJson = False,
) -> None:
    """List declared faults, newest first."""
    import msgspec

    from seawarden.cli import watched
    from seawarden.cli.client import ask, url_of
    from seawarden.cli.console import say, say_json
    from seawarden.model.fault import Fault

    loaded = watched.settings_of(settings)
    if out is None:
        answer = ask(url_of(url, loaded.service.port), "/api/faults")
        faults = msgspec.convert(answer["faults"], list[Fault])
    else:
        from seawarden.cli.served import from_folder

        view = _view(from_folder(out, loaded), rights)
        faults = view.faults(view.watch.clock())
    if as_json:
        say_json(faults)
    elif not faults:
        say("No fault is declared.")
    else:
        for fault in faults:
            first = fault.candidates[0] if fault.candidates else None
            likeliest = f"; likeliest: {_who(first)} {first.chance:.0%}" if first else ""
            say(f"{fault.id}  {fault.state:7}  {fault.asset.name}  {_when(fault)}{likeliest}")


def lines_of(fault: Fault) -> list[str]:
    """A ranked fault for a person."""
    where = ""
    if fault.kp_from_km is not None:
        where = f" KP {fault.kp_from_km:g}" + (f"..{fault.kp_to_km:g}" if fault.kp_to_km is not None else "")
    lines = [
        f"{fault.id}: {fault.asset.name}{where}, {_when(fault)}" + (" (EXERCISE)" if fault.exercise else ""),
        f"{fault.ships_considered} ships considered" + (f"; {fault.blind}" if fault.blind else ""),
        "Ranked by chance. A rank is no accusation: it says whom to ask first.",
    ]
    for candidate in fault.candidates[:CANDIDATES_SHOWN]:
        lines.append(f"{candidate.rank:3}  {candidate.chance:6.1%}  {_who(candidate)}{_passage(candidate)}")
        for sign, reasons in (("+", candidate.speaks_for), ("-", candidate.speaks_against)):
            lines += [f"             {sign} {reason.text}" for reason in reasons[:2]]
    return lines


def _ask(url: str | None, settings: Path | None, body: Any) -> Fault:
    import msgspec

    from seawarden.cli import watched
    from seawarden.cli.client import ask, url_of
    from seawarden.model.fault import Fault

    address = url_of(url, watched.settings_of(settings).service.port)
    tree = {name: value for name, value in msgspec.to_builtins(body).items() if value is not None}
    return msgspec.convert(ask(address, "/api/faults", tree), Fault)


def _work(out: Path, positions: list[str], assets: str, rights: list[str], settings: Path | None, body: Any) -> Fault:
    from seawarden.channels.jsonl import write_faults
    from seawarden.cli import watched
    from seawarden.cli.served import from_folder, from_sources
    from seawarden.service.acts import declared
    from seawarden.service.answer import ApiError

    loaded = watched.settings_of(settings)
    if positions:
        watched.check_sources(positions)
        known = watched.assets_of(assets)
        served = from_sources(positions, loaded, known, store=out, rights=watched.rights_of(rights))
    else:
        served = from_folder(out, loaded)
    view = _view(served, rights)
    found = view.asset(body.asset)
    if found is None:
        raise SeawardenError(
            f"there is no asset `{body.asset}`: `seawarden assets list` names those that are watched"
        )
    try:
        fault = view.gate.one(served.watch.declare_fault(declared(view, body, found.id)))
    except ApiError as error:
        raise UsageError(error.detail) from None
    if fault is None:
        raise SeawardenError(f"there is no asset `{body.asset}`")
    write_faults(out / "faults.jsonl", view.faults(served.watch.clock()), view.gate)
    return fault


def _view(served: Served, rights: list[str]) -> View:
    from seawarden.channels.gate import Gate
    from seawarden.cli import watched
    from seawarden.service.view import View

    return View(served.watch, Gate(served.watch.assets(), watched.rights_of(rights)))


def _when(fault: Fault) -> str:
    return f"{shown(fault.from_t)} to {shown(fault.to_t if fault.to_t is not None else fault.declared_t)}"


def _who(candidate: Candidate | None) -> str:
    if candidate is None or candidate.ship is None:
        return "a ship that nobody saw"
    ship = candidate.ship
    named = f"{ship.name or 'name unknown'} ({ship.mmsi})"
    return f"SIMULATED {named}" if ship.simulated else named


def _passage(candidate: Candidate) -> str:
    parts = []
    if candidate.crossed_t is not None:
        parts.append(f"at {shown(candidate.crossed_t)}")
    if candidate.distance_m is not None:
        sigma = f" ± {candidate.distance_sigma_m:.0f}" if candidate.distance_sigma_m is not None else ""
        parts.append(f"{candidate.distance_m:.0f}{sigma} m off")
    if candidate.kp_km is not None:
        parts.append(f"KP {candidate.kp_km:.1f}")
    speeds = (candidate.speed_before_kn, candidate.speed_at_kn, candidate.speed_after_kn)
    if any(speed is not None for speed in speeds):
        parts.append("/".join("?" if speed is None else f"{speed:.1f}" for speed in speeds) + " kn")
    return f"  {', '.join(parts)}" if parts else ""
