"""The variables of a NetCDF file, classic or HDF5-based, behind one small form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import numpy as np

from seawarden.model.error import SourceError
from seawarden.model.position import F64

CLASSIC = b"CDF"
HDF5 = b"\x89HDF"


class Variable(NamedTuple):
    """One variable; nothing of it is read until it is asked for."""

    name: str
    dims: tuple[str, ...]
    """Names of its dimensions, empty where the file does not tell."""
    shape: tuple[int, ...]
    attributes: Mapping[str, Any]
    raw: Any

    def text(self, name: str) -> str | None:
        """An attribute as text."""
        value = self.attributes.get(name)
        if isinstance(value, np.ndarray):
            value = value.ravel()[0] if value.size else None
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        return None if value is None else str(value)

    def values(self, *index: int | slice) -> F64:
        """Values as numbers, unpacked, NaN where they are missing."""
        block = np.array(self.raw[index if index else ...], dtype=np.float64)
        fill = [self.attributes[key] for key in ("_FillValue", "missing_value") if key in self.attributes]
        packed = block.copy()
        block = block * self._number("scale_factor", 1.0) + self._number("add_offset", 0.0)
        for told in fill:
            block[packed == float(np.ravel(told)[0])] = np.nan
        return block

    def _number(self, name: str, default: float) -> float:
        return float(np.ravel(self.attributes.get(name, default))[0])


@contextmanager
def variables_of(path: Path) -> Iterator[dict[str, Variable]]:
    """All variables of a file's root group.

    Raises:
        SourceError: the file is damaged or cut off.
    """
    with path.open("rb") as handle:
        magic = handle.read(8)
    try:
        if magic.startswith(HDF5):
            with h5py.File(path, "r") as file:
                yield {name: _hdf5(name, item) for name, item in file.items() if isinstance(item, h5py.Dataset)}
            return
        from scipy.io import netcdf_file  # slow to load, and only old files need it

        with netcdf_file(path, "r", mmap=False) as file:
            yield {
                name: Variable(name, tuple(item.dimensions), item.shape, dict(item._attributes), item)
                for name, item in file.variables.items()
            }
    except (
        OSError,
        ValueError,
        TypeError,
        LookupError,
        EOFError,
        AttributeError,
        OverflowError,
        RuntimeError,
    ) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise SourceError(f"{path.name}: damaged or cut off: it can't be read as NetCDF ({said})") from None


def _hdf5(name: str, item: Any) -> Variable:
    dims = []
    for k in range(len(item.shape)):
        scales = item.dims[k]
        if len(scales):
            dims.append(str(scales[0].name).rsplit("/", 1)[-1])
        else:
            dims.append(name if len(item.shape) == 1 and item.is_scale else str(scales.label or ""))
    return Variable(name, tuple(dims), tuple(item.shape), dict(item.attrs.items()), item)
