"""State arrays as Arrow files and back: one column an array, fixed-size lists for the two-dimensional ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
import pyarrow as pa

from seawarden.model.error import StoreError

StateT = TypeVar("StateT", bound=tuple[Any, ...])


def write(path: Path, state: tuple[Any, ...]) -> None:
    """Write a NamedTuple of arrays that share their first axis."""
    names = cast(Any, state)._fields
    columns = []
    for array in state:
        values = np.ascontiguousarray(array)
        if values.ndim == 1:
            columns.append(pa.array(values))
        else:
            columns.append(pa.FixedSizeListArray.from_arrays(pa.array(values.reshape(-1)), values.shape[1]))
    table = pa.table(columns, names=list(names))
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def read(path: Path, state: type[StateT]) -> StateT:
    """Read what `write` wrote, as writable arrays.

    Raises:
        StoreError: the file is missing, cut short, or holds other columns.
    """
    try:
        with pa.memory_map(str(path)) as source:
            table = pa.ipc.open_file(source).read_all().combine_chunks()
    except (OSError, pa.ArrowInvalid) as error:
        raise StoreError(f"{path}: not a readable part of a snapshot ({error})") from error
    names = cast(Any, state)._fields
    if list(names) != table.column_names:
        raise StoreError(
            f"{path}: written by another version: its columns differ; start afresh or replay the journal"
        )
    columns = []
    for name in names:
        column = table.column(name)
        chunk = column.chunk(0) if column.num_chunks else pa.array([], type=column.type)
        if pa.types.is_fixed_size_list(chunk.type):
            flat = chunk.flatten().to_numpy(zero_copy_only=False)
            columns.append(np.array(flat.reshape(-1, chunk.type.list_size), order="C"))
        else:
            columns.append(np.array(chunk.to_numpy(zero_copy_only=False)))
    return cast(StateT, cast(Any, state)._make(columns))
