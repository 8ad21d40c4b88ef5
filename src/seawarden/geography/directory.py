"""Whom to call for a position: the traffic centre that watches it, then the rescue co-ordination centre.

Typed from public texts that were read, named beside each desk. Working channels and telephone numbers change and are
given only where one was read; the calling channel is always VHF 16 or DSC 70, which every coast station guards
(https://sv.m.wikipedia.org/wiki/Sjöräddningscentral). Areas are boxes around what the texts describe, not the legal
limits: the desk knows its own.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from seawarden.geography.ports_table import PlacesTable
from seawarden.geography.waters import Waters

CALLING: Final = "VHF 16 or DSC 70"


class Desk(NamedTuple):
    """One desk that can be called."""

    who: str
    how: str
    source: str = ""


class _Traffic(NamedTuple):
    desk: Desk
    south: float
    west: float
    north: float
    east: float


GOFREP: Final = "https://www.fintraffic.fi/en/vts/monitoring-international-waters"
GAVLE: Final = "https://fi.wikibooks.org/wiki/Radiotaajuuskirja/Gavle_VTS"
CENTRES: Final = "https://sv.m.wikipedia.org/wiki/Sjöräddningscentral"
MANUAL: Final = "Finnish Ministry of the Interior, Maritime Search and Rescue Manual 2010"
TRAFFIC: Final = (
    _Traffic(Desk("Helsinki Traffic (GOFREP, north)", CALLING, GOFREP), 59.75, 22.5, 60.6, 26.5),
    _Traffic(Desk("Tallinn Traffic (GOFREP, south)", CALLING, GOFREP), 59.2, 22.5, 59.75, 26.5),
    _Traffic(Desk("St. Petersburg Traffic (GOFREP, east)", CALLING, GOFREP), 59.4, 26.5, 60.8, 30.3),
    _Traffic(Desk("Åland Sea Traffic (Western Finland VTS)", CALLING, GOFREP), 59.5, 18.8, 60.5, 20.5),
    _Traffic(Desk("Gävle VTS", "VHF 84, +46 26 647 150", GAVLE), 60.4, 17.0, 61.3, 18.8),
)
"""Traffic centres by the box they are called in; the boxes of the Gulf of Finland follow its middle line roughly."""
RESCUE: Final = {
    "FI": Desk("MRCC Turku", f"+358 204 1000 (2010) or {CALLING}", MANUAL),
    "EE": Desk("MRCC Tallinn", CALLING, CENTRES),
    "SE": Desk("JRCC Sweden", CALLING, CENTRES),
    "DK": Desk("JRCC Denmark", CALLING, CENTRES),
    "DE": Desk("MRCC Bremen", CALLING, "http://www.mrcc.de"),
    "LV": Desk("MRCC Riga", CALLING, "https://mrcc.lv/en/mission-and-tasks"),
    "PL": Desk("MRCC Gdynia", CALLING, "https://transnav.eu/html,1404.html"),
}
"""Rescue co-ordination centres by coast state; those of other states were not read."""
ANY: Final = Desk("Nearest rescue co-ordination centre", CALLING, CENTRES)


class Directory:
    """Desks by position."""

    def __init__(self, waters: Waters | None = None, places: PlacesTable | None = None) -> None:
        self._waters = waters if waters is not None else Waters.shipped()
        self._places = places if places is not None else PlacesTable.shipped()

    def state_near(self, lat: float, lon: float) -> str:
        """Code of the nearest coast state, from the waters grid, else from the nearest port within 150 km."""
        state = self._waters.shore(lat, lon).state
        if state:
            return state
        row, far = self._places.nearest(lat, lon)
        return self._places.places[row].country if row >= 0 and far < 150_000.0 else ""

    def call(self, lat: float, lon: float) -> tuple[Desk, ...]:
        """Desks to call for a position, the one that watches it first; never empty."""
        desks = [t.desk for t in TRAFFIC if t.south <= lat < t.north and t.west <= lon < t.east]
        desks.append(RESCUE.get(self.state_near(lat, lon), ANY))
        return tuple(desks)
