"""What is normal near a port, a pilot station or an anchorage, said as a benign explanation."""

from __future__ import annotations

from typing import Final

from seawarden.model.finding import Reason
from seawarden.ports import Surroundings

MEASURE: Final = "place"
"""`Reason.measure` of an explanation by a place."""
_DONE_THERE: Final = {
    "port": "ships slow, wait and stop off {}",
    "pilot": "ships slow and stop to take a pilot at {}",
    "anchorage": "{} is an anchorage",
}


def explained_by_place(around: Surroundings, lat: float, lon: float) -> tuple[Reason, ...]:
    """The port, pilot station or anchorage whose waters a position lies in, as a reason; empty when there is none."""
    if around.places is None or lat != lat or lon != lon:
        return ()
    place = around.places.at(lat, lon)
    if place is None:
        return ()
    return (Reason(text=_DONE_THERE[place.kind].format(place.name), measure=MEASURE),)
