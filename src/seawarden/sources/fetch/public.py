"""Public sources that the program can fetch from: where each stands, on what terms, and how gently it is asked."""

from __future__ import annotations

from typing import Final

import msgspec


class PublicSource(msgspec.Struct, frozen=True, kw_only=True):
    """One public source of data."""

    id: str
    """The word by which it is asked for."""
    title: str
    base: str
    """Address that requests are made under; `--from-url` names another, such as a mirror."""
    licence: str
    attribution: str
    pause_s: float = 1.0
    """Pause between two requests, s. These are shared servers without a promise; nobody here is in such a hurry."""
    used_by: str = ""
    """How the program uses what was fetched."""


DANISH_AIS: Final = PublicSource(
    id="danish-ais",
    title="Historical AIS of the Danish Maritime Authority, a zip a day",
    base="https://s3.eu-central-1.amazonaws.com/aisdata.ais.dk/",
    licence="Danish public data (act no. 596 of 24 June 2005), free for any use with attribution",
    attribution="Contains data from the Danish Maritime Authority, used under the conditions for Danish public data",
    pause_s=2.0,
    used_by="seawarden replay",
)
OSM_ASSETS: Final = PublicSource(
    id="osm-assets",
    title="Undersea cables and pipelines of OpenStreetMap, through Overpass",
    base="https://overpass-api.de/api/interpreter",
    licence="ODbL 1.0",
    attribution="© OpenStreetMap contributors, ODbL 1.0",
    pause_s=5.0,
    used_by="seawarden replay --assets",
)
EMODNET: Final = PublicSource(
    id="emodnet",
    title="Cables and pipelines of EMODnet Human Activities",
    base="https://ows.emodnet-humanactivities.eu/wfs",
    licence="CC BY 4.0",
    attribution="EMODnet Human Activities, CC BY 4.0, funded by the European Commission",
    used_by="seawarden replay --assets",
)
GEBCO: Final = PublicSource(
    id="gebco",
    title="Depth of the GEBCO_2020 grid, 15 arc-seconds, through ERDDAP",
    base="https://coastwatch.pfeg.noaa.gov/erddap/griddap/",
    licence="public domain, with attribution",
    attribution="GEBCO Compilation Group (2020) GEBCO 2020 Grid, doi:10.5285/a29c5465-b138-234d-e053-6c86abc040b9",
    pause_s=2.0,
    used_by="seawarden replay --depths",
)
OFAC: Final = PublicSource(
    id="ofac",
    title="Specially Designated Nationals of the US Treasury's OFAC",
    base="https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/",
    licence="public domain (US government)",
    attribution="Office of Foreign Assets Control, US Department of the Treasury",
    used_by="seawarden data match --list",
)
UK_LIST: Final = PublicSource(
    id="uk-list",
    title="UK Sanctions List of the Foreign, Commonwealth and Development Office",
    base="https://sanctionslist.fcdo.gov.uk/docs/",
    licence="Open Government Licence v3.0",
    attribution="Contains public sector information licensed under the Open Government Licence v3.0",
    used_by="seawarden data match --list",
)
MARINE_REGIONS: Final = PublicSource(
    id="marine-regions",
    title="Exclusive economic zones of Marine Regions (Flanders Marine Institute)",
    base="https://geo.vliz.be/geoserver/MarineRegions/wfs",
    licence="CC BY 4.0",
    attribution="Flanders Marine Institute, Maritime Boundaries Geodatabase, marineregions.org, CC BY 4.0",
    pause_s=2.0,
    used_by="polygons of economic zones, GeoJSON",
)
PUBLIC: Final = {
    source.id: source for source in (DANISH_AIS, OSM_ASSETS, EMODNET, GEBCO, OFAC, UK_LIST, MARINE_REGIONS)
}
