"""Distances, bearings and intersections on WGS84, as compiled kernels.

Scalars in, scalars out for the kernels that other kernels call (`distance_m`, `plane_xy`, `segment_nearest`...);
arrays in, arrays out for `distances_m`. Angles are degrees, lengths metres, longitudes may be
given in any turn (differences are wrapped to +-180).

**Method.** The tangent plane at a point carries WGS84's own radii there (meridian M, prime vertical N; Torge,
*Geodesy*, eq. 4.13-4.15) and the second-order terms of meridian convergence:

    x = N dlon (cos lat - sin lat dlat)        y = M dlat + N sin lat cos lat dlon^2 / 2

so that short geodesics are straight lines in it and distances hold to third order: 1e-5 of the distance at 50 km
and 66 degrees north. Between two points the mid-latitude form is used up to about a degree, and the length of the
chord with Euler's radius beyond. Points along a long leg lie on the chord between its ends, let down along the
ellipsoid's normal, which keeps within centimetres of the geodesic for 200 km.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

from seawarden.model.position import F64

SEMI_MAJOR_M: Final = 6378137.0
"""WGS84 semi-major axis (NGA.STND.0036)."""
FLATTENING: Final = 1 / 298.257223563
"""WGS84 flattening (NGA.STND.0036)."""
E2: Final = FLATTENING * (2 - FLATTENING)
"""First eccentricity, squared."""
SEMI_MINOR_M: Final = SEMI_MAJOR_M * (1 - FLATTENING)
EP2: Final = E2 / (1 - E2)
RAD: Final = math.pi / 180
SHORT_DEG: Final = 1.0
"""Up to this difference in latitude, and as far east and west, the mid-latitude form is used."""
KNOT_MS: Final = 1852.0 / 3600.0
"""One knot in m/s."""


@njit(cache=True, error_model="numpy")
def wrap_deg(angle_deg: float) -> float:
    """An angle brought into -180 <= angle < 180, degrees; angles already there come back to the last bit."""
    if -180.0 <= angle_deg < 180.0:
        return angle_deg
    return angle_deg - 360.0 * math.floor((angle_deg + 180.0) / 360.0)


@njit(cache=True, error_model="numpy")
def local_radii(lat_deg: float) -> tuple[float, float]:
    """Metres per degree of latitude and of longitude at a latitude (WGS84)."""
    sin_lat = math.sin(lat_deg * RAD)
    w2 = 1.0 - E2 * sin_lat * sin_lat
    n = SEMI_MAJOR_M / math.sqrt(w2)
    return n * (1.0 - E2) / w2 * RAD, n * math.cos(lat_deg * RAD) * RAD


@njit(cache=True, error_model="numpy")
def plane(lat_deg: float) -> tuple[float, float, float, float]:
    """Coefficients of the tangent plane at a latitude, for `plane_xy`.

    Returns:
        Metres per degree of latitude, metres per degree of longitude, change of the latter per degree of latitude,
        and metres north per squared degree of longitude.
    """
    sin_lat = math.sin(lat_deg * RAD)
    cos_lat = math.cos(lat_deg * RAD)
    w2 = 1.0 - E2 * sin_lat * sin_lat
    n = SEMI_MAJOR_M / math.sqrt(w2)
    return (
        n * (1.0 - E2) / w2 * RAD,
        n * cos_lat * RAD,
        -n * sin_lat * RAD * RAD,
        0.5 * n * sin_lat * cos_lat * RAD * RAD,
    )


@njit(cache=True, error_model="numpy")
def plane_xy(a: float, b: float, c: float, d: float, dlat_deg: float, dlon_deg: float) -> tuple[float, float]:
    """Metres east and north of the plane's origin, for a difference in latitude and (wrapped) longitude."""
    return dlon_deg * (b + c * dlat_deg), a * dlat_deg + d * dlon_deg * dlon_deg


@njit(cache=True, error_model="numpy")
def to_ecef(lat_deg: float, lon_deg: float) -> tuple[float, float, float]:
    """Earth-centred coordinates of a point on the ellipsoid, m."""
    sin_lat = math.sin(lat_deg * RAD)
    cos_lat = math.cos(lat_deg * RAD)
    n = SEMI_MAJOR_M / math.sqrt(1.0 - E2 * sin_lat * sin_lat)
    return n * cos_lat * math.cos(lon_deg * RAD), n * cos_lat * math.sin(lon_deg * RAD), n * (1.0 - E2) * sin_lat


@njit(cache=True, error_model="numpy")
def from_ecef(x: float, y: float, z: float) -> tuple[float, float]:
    """Latitude and longitude of the foot of the ellipsoid's normal through a point (Bowring 1976, one step)."""
    p = math.hypot(x, y)
    theta = math.atan2(z * SEMI_MAJOR_M, p * SEMI_MINOR_M)
    sin_theta = math.sin(theta)
    cos_theta = math.cos(theta)
    lat = math.atan2(z + EP2 * SEMI_MINOR_M * sin_theta**3, p - E2 * SEMI_MAJOR_M * cos_theta**3)
    return lat / RAD, math.atan2(y, x) / RAD


@njit(cache=True, error_model="numpy")
def distance_m(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Distance along the ellipsoid, m: within 1e-5 of the geodesic to 50 km, within 1e-3 to some 3,000 km."""
    dlat = lat2 - lat1
    dlon = wrap_deg(lon2 - lon1)
    mid = 0.5 * (lat1 + lat2)
    a, b = local_radii(mid)
    if abs(dlat) <= SHORT_DEG and abs(dlon) * b <= SHORT_DEG * a and b > 0.02 * a:
        return math.hypot(a * dlat, b * dlon)
    x1, y1, z1 = to_ecef(lat1, lon1)
    x2, y2, z2 = to_ecef(lat2, lon2)
    chord = math.sqrt((x2 - x1) ** 2 + (y2 - y1) ** 2 + (z2 - z1) ** 2)
    m = a / RAD
    n = SEMI_MAJOR_M / math.sqrt(1.0 - E2 * math.sin(mid * RAD) ** 2)
    north = (a * dlat) ** 2
    east = (b * dlon) ** 2
    radius = m * n * (north + east) / (n * north + m * east) if north + east > 0.0 else m
    return 2.0 * radius * math.asin(min(1.0, 0.5 * chord / radius))


@njit(cache=True, error_model="numpy")
def bearing_deg(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Bearing at the first point of the way to the second, degrees 0..360 from north; NaN for equal points."""
    dlon = wrap_deg(lon2 - lon1)
    dlat = lat2 - lat1
    if dlat == 0.0 and dlon == 0.0:
        return math.nan
    mid = 0.5 * (lat1 + lat2)
    a, b = local_radii(mid)
    if abs(dlat) <= SHORT_DEG and abs(dlon) * b <= SHORT_DEG * a and b > 0.02 * a:
        # Gauss' mid-latitude formula: the bearing midway, less half the convergence of the meridians.
        bearing = math.atan2(b * dlon, a * dlat) / RAD - 0.5 * dlon * math.sin(mid * RAD)
    else:
        x1, y1, z1 = to_ecef(lat1, lon1)
        x2, y2, z2 = to_ecef(lat2, lon2)
        dx, dy, dz = x2 - x1, y2 - y1, z2 - z1
        sin_lat, cos_lat = math.sin(lat1 * RAD), math.cos(lat1 * RAD)
        sin_lon, cos_lon = math.sin(lon1 * RAD), math.cos(lon1 * RAD)
        north = -sin_lat * (cos_lon * dx + sin_lon * dy) + cos_lat * dz
        bearing = math.atan2(cos_lon * dy - sin_lon * dx, north) / RAD
    return bearing - 360.0 * math.floor(bearing / 360.0)


@njit(cache=True, error_model="numpy")
def destination(lat_deg: float, lon_deg: float, bearing: float, length_m: float) -> tuple[float, float]:
    """The point at a bearing (degrees from north) and distance (m): within 1e-4 of the distance to 200 km."""
    lat2 = lat_deg
    dlon = 0.0
    for _ in range(6):
        mid = 0.5 * (lat_deg + lat2)
        a, b = local_radii(mid)
        at_mid = (bearing + 0.5 * dlon * math.sin(mid * RAD)) * RAD
        lat2 = lat_deg + length_m * math.cos(at_mid) / a
        dlon = length_m * math.sin(at_mid) / b
    return lat2, wrap_deg(lon_deg + dlon)


@njit(cache=True, error_model="numpy")
def leg_point(lat1: float, lon1: float, lat2: float, lon2: float, fraction: float) -> tuple[float, float]:
    """The point at a fraction (0..1 of the length) of the leg between two points."""
    x1, y1, z1 = to_ecef(lat1, lon1)
    x2, y2, z2 = to_ecef(lat2, lon2)
    chord = math.sqrt((x2 - x1) ** 2 + (y2 - y1) ** 2 + (z2 - z1) ** 2)
    half = math.asin(min(1.0, 0.5 * chord / SEMI_MAJOR_M))
    along = fraction
    if half > 1e-6:
        along = 0.5 + 0.5 * math.tan((2.0 * fraction - 1.0) * half) / math.tan(half)
    return from_ecef(x1 + along * (x2 - x1), y1 + along * (y2 - y1), z1 + along * (z2 - z1))


@njit(cache=True, error_model="numpy")
def foot_of(x1: float, y1: float, x2: float, y2: float) -> tuple[float, float]:
    """Distance from the origin to a segment of the plane, and the fraction of the segment where it is closest."""
    dx = x2 - x1
    dy = y2 - y1
    length2 = dx * dx + dy * dy
    u = 0.0
    if length2 > 0.0:
        u = min(1.0, max(0.0, -(x1 * dx + y1 * dy) / length2))
    px = x1 + u * dx
    py = y1 + u * dy
    return math.sqrt(px * px + py * py), u


@njit(cache=True, error_model="numpy")
def segment_nearest(
    lat: float, lon: float, lat1: float, lon1: float, lat2: float, lon2: float
) -> tuple[float, float]:
    """Distance (m) from a point to a geodesic segment of some tens of km, and the fraction along it of the foot."""
    a, b, c, d = plane(lat)
    x1, y1 = plane_xy(a, b, c, d, lat1 - lat, wrap_deg(lon1 - lon))
    x2, y2 = plane_xy(a, b, c, d, lat2 - lat, wrap_deg(lon2 - lon))
    return foot_of(x1, y1, x2, y2)


@njit(cache=True, error_model="numpy")
def side_of(lat: float, lon: float, lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Twice the area (m^2) of the triangle first end, second end, point: positive when the point lies to the left.

    The plane is the segment's own, so that the side of a point never depends on where it came from or goes to.
    """
    mid_lat = 0.5 * (lat1 + lat2)
    half = 0.5 * wrap_deg(lon2 - lon1)
    a, b, c, d = plane(mid_lat)
    x1, y1 = plane_xy(a, b, c, d, lat1 - mid_lat, -half)
    x2, y2 = plane_xy(a, b, c, d, lat2 - mid_lat, half)
    x, y = plane_xy(a, b, c, d, lat - mid_lat, wrap_deg(lon - lon1) - half)
    return (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)


@njit(cache=True, error_model="numpy")
def distances_m(lat1: F64, lon1: F64, lat2: F64, lon2: F64) -> F64:
    """`distance_m` of equally long arrays, shape (n,)."""
    out = np.empty(lat1.shape[0])
    for i in range(lat1.shape[0]):
        out[i] = distance_m(lat1[i], lon1[i], lat2[i], lon2[i])
    return out
