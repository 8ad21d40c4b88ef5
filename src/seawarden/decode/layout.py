"""Where things lie in the decoder's state and output arrays: places in rows, codes, limits."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from seawarden.model.position import F64, I64, NO_TIME, U8

# places in Log.memory
LINE: Final = 0  # number of the line being read
SENTENCES: Final = 1  # AIS sentences so far
CLOCK_T: Final = 2  # time of the last valid RMC or ZDA
CTX_T: Final = 3  # what the lines before the next sentence say of it
CTX_RECEIVE_T: Final = 4
CTX_RX: Final = 5
CTX_FLAGS: Final = 6
RX_COUNT: Final = 7
GROUP_NEXT: Final = 8
N_POS: Final = 9  # rows written to each output
N_OTHER: Final = 10
N_STATIC: Final = 11
N_REJECT: Final = 12
SEEN_COUNT: Final = 13

# CTX_FLAGS
CTX_BAD_TAG: Final = 1
CTX_BAD_TIME: Final = 2
CTX_GHP: Final = 4
CTX_RX_WEAK: Final = 8

# counts
C_RECORDS: Final = 16
C_COMMENT: Final = 17
C_CONTEXT: Final = 18
C_NOT_SHIP: Final = 19
C_OTHER_SENTENCE: Final = 20
C_OTHER_TYPE: Final = 21
C_OWN_SHIP: Final = 22
C_PART: Final = 23
C_STATIC: Final = 24
C_VOID_CLOCK: Final = 25
C_BAD_CONTEXT: Final = 26
C_UNTIMED_POSITIONS: Final = 27
C_UNTIMED_STATICS: Final = 28
COUNTS: Final = (
    "records",
    "comment",
    "context",
    "not_a_ship",
    "other_sentence",
    "other_type",
    "own_ship",
    "part",
    "static",
    "void_clock",
    "bad_context",
    "untimed_positions",
    "untimed_statics",
)

# rejects
BAD_CHECKSUM: Final = 0
BAD_SENTENCE: Final = 1
BAD_PAYLOAD: Final = 2
SHORT_MESSAGE: Final = 3
PART_LOST: Final = 4
NO_CLOCK: Final = 5
BAD_TAG_BLOCK: Final = 6
LONG_LINE: Final = 7
NOT_A_SENTENCE: Final = 8
BAD_MMSI: Final = 9
NO_POSITION: Final = 10
BAD_LATITUDE: Final = 11
BAD_LONGITUDE: Final = 12
BAD_TIME: Final = 13
REJECTS: Final = (
    "bad_checksum",
    "bad_sentence",
    "bad_payload",
    "short_message",
    "part_lost",
    "no_time",
    "bad_tag_block",
    "long_line",
    "not_a_sentence",
    "bad_mmsi",
    "no_position",
    "bad_latitude",
    "bad_longitude",
    "bad_time",
)

# a slot of a multi-part message
S_KEY: Final = 0  # 0: free
S_CHANNEL: Final = 1
S_RX: Final = 2
S_PARTS: Final = 3  # parts held, in order
S_LAST: Final = 4  # number of the last sentence that added to it
S_T: Final = 5
S_RECEIVE_T: Final = 6
S_CLOCK: Final = 7
S_FLAGS: Final = 8
S_LENGTH: Final = 9  # six-bit characters held
S_OWN: Final = 10
S_LINES: Final = 11  # 9 places
SLOT_WIDTH: Final = 20
SLOTS: Final = 64
SLOT_AGE: Final = 200
"""Sentences after which the other parts are given up: sequence ids are ten only and come round again."""

# columns of position rows (Out.pos_i, Out.pos_f)
P_LINE: Final = 0
P_T: Final = 1
P_RECEIVE_T: Final = 2
P_RX: Final = 3
P_MMSI: Final = 4
P_NAV: Final = 5
P_TYPE: Final = 6
P_FLAGS: Final = 7
F_LAT: Final = 0
F_LON: Final = 1
F_SOG: Final = 2
F_COG: Final = 3
F_HEADING: Final = 4
F_ROT: Final = 5
FLAG_ACCURATE: Final = 1
FLAG_CLOCK: Final = 2  # timed by the log's running clock
FLAG_OWN: Final = 4

MAX_LINE: Final = 1024
MAX_PART: Final = 120
MAX_SEXTETS: Final = 240
"""The longest message has five slots, 1008 bits; a few more are let pass."""
STATIC_SEXTETS: Final = 72
RECEIVERS: Final = 1 << 14
RX_TEXT: Final = 24
GROUPS: Final = 16


# where the parts of Log.memory and Log.text begin
COUNT0: Final = 16
COMMA: Final = 40
WORDS: Final = 48
SLOT0: Final = 96
GROUP0: Final = SLOT0 + SLOTS * SLOT_WIDTH
RX0: Final = GROUP0 + GROUPS * 4
SEEN0: Final = RX0 + RECEIVERS * 4
SLOT_TEXT0: Final = MAX_SEXTETS + MAX_PART + 24
SLOT_TEXT_WIDTH: Final = MAX_SEXTETS + MAX_PART
RX_TEXT0: Final = SLOT_TEXT0 + SLOTS * SLOT_TEXT_WIDTH

# first axis of Out.rows
POS: Final = 0
OTHER: Final = 1
STATIC: Final = 2
REJECT: Final = 3


class Log(NamedTuple):
    """All that the decoder remembers from line to line.

    Two arrays only: compiled functions pass every array by seven words, and this goes through five of them a line.
    """

    memory: I64
    """Scalars, counts, places of commas, the message's words, slots, groups, receivers (hash, place), and from SEEN0
    on an open-addressed table of (ship and kind of static report, hash of its last content)."""
    text: U8
    """The message's sextets, the slots' sextets, the receivers' names."""


class Out(NamedTuple):
    """What one block of lines gave."""

    rows: I64
    """(4, rows, 8): positions; base stations, aids and aircraft; static reports; rejects (line, code, start, end)."""
    values: F64
    """(2, rows, 6): lat, lon, speed, course, heading, turn of positions and of the others."""
    bits: U8
    """(rows, 72): sextets of static reports."""


def make_log(seen: int = 1 << 12) -> Log:
    """A decoder's empty memory."""
    memory = np.zeros(SEEN0 + 2 * seen, dtype=np.int64)
    memory[[CLOCK_T, CTX_T, CTX_RECEIVE_T]] = NO_TIME
    memory[CTX_RX] = -1
    memory[GROUP0:RX0] = NO_TIME
    return Log(memory=memory, text=np.zeros(RX_TEXT0 + RECEIVERS * RX_TEXT, dtype=np.uint8))


def make_out(lines: int) -> Out:
    """Room for what `lines` lines can give."""
    rows = lines + SLOTS * 9 + 16
    return Out(
        rows=np.empty((4, rows, 8), dtype=np.int64),
        values=np.empty((2, rows, 6), dtype=np.float64),
        bits=np.empty((rows, STATIC_SEXTETS), dtype=np.uint8),
    )
