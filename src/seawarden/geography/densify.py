"""Vertices put into long pieces of a route, on the geodesic: the way stays, what is told of it gets denser."""

from __future__ import annotations

import math
from itertools import pairwise

import msgspec

from seawarden.geography.layer import GEOD
from seawarden.model.asset import AssetVersion


def densify(version: AssetVersion, step_km: float) -> AssetVersion:
    """The same geometry with no piece longer than `step_km`.

    Sigma and burial of a piece hold for what it is cut into; cable distance grows evenly along it. Depths at the
    vertices are dropped when a vertex is added, for they would have to be read anew.
    """
    parts: list[tuple[tuple[float, float], ...]] = []
    sigma: list[tuple[float, ...]] = []
    burial: list[tuple[float, ...]] = []
    cable: list[tuple[float, ...]] = []
    for k, part in enumerate(version.parts):
        cuts = [max(1, math.ceil(GEOD.inv(*a, *b)[2] / (1000.0 * step_km))) for a, b in pairwise(part)]
        points: list[tuple[float, float]] = list(part[:1])
        for n, (a, b) in zip(cuts, pairwise(part), strict=True):
            if n > 1:
                points += [(float(x), float(y)) for x, y in GEOD.npts(*a, *b, n - 1)]
            points.append(b)
        parts.append(tuple(points))
        sigma.append(tuple(s for n, s in zip(cuts, version.sigma_m[k], strict=True) for _ in range(n)))
        if version.burial_m:
            burial.append(tuple(s for n, s in zip(cuts, version.burial_m[k], strict=True) for _ in range(n)))
        if version.cable_km:
            marks = list(version.cable_km[k][:1])
            for n, (c, d) in zip(cuts, pairwise(version.cable_km[k]), strict=True):
                marks += [c + (d - c) * (j + 1) / n for j in range(n)]
            cable.append(tuple(marks))
    if sum(map(len, parts)) == sum(map(len, version.parts)):
        return version
    return msgspec.structs.replace(
        version,
        parts=tuple(parts),
        sigma_m=tuple(sigma),
        burial_m=tuple(burial),
        cable_km=tuple(cable),
        depth_m=(),
        depth_sigma_m=(),
    )
