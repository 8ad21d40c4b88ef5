"""Where the weather comes from: JSON at a point, NetCDF and GRIB grids, all as samples in order of time."""

from seawarden.sources.weather.door import open_weather
from seawarden.sources.weather.quantity import Area

__all__ = ["Area", "open_weather"]
