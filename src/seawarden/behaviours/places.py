"""What is normal near a port or a pilot station, in an anchorage or another zone of work, said as an explanation."""

from __future__ import annotations

from typing import Final

from seawarden.geography.zones_kinds import WORKING
from seawarden.model.finding import Reason
from seawarden.ports import Surroundings

MEASURE: Final = "place"
"""`Reason.measure` of an explanation by a place."""


def explained_by_place(around: Surroundings, lat: float, lon: float) -> tuple[Reason, ...]:
    """The port, pilot station or zone of work in which a position lies, as a reason; empty when there is none."""
    if around.places is None or lat != lat or lon != lon:
        return ()
    place = around.places.at(lat, lon)
    if place is None:
        return ()
    return (Reason(text=WORKING[place.kind].format(place.name), measure=MEASURE),)
