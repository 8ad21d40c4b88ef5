"""Why a record was not taken: the slugs of rejects and of notes, each with its sentence. The docs list this table."""

from __future__ import annotations

from typing import Final

REASONS: Final[dict[str, str]] = {
    "bad_checksum": "the sentence's checksum does not fit its text",
    "bad_columns": "the row has another number of columns than the header",
    "bad_json": "the line is not a JSON object",
    "bad_latitude": "the latitude is not a number from -90 to 90",
    "bad_longitude": "the longitude is not a number from -180 to 180",
    "bad_mmsi": "the MMSI is not a whole number from 1 to 999999999",
    "bad_payload": "the payload holds characters that AIS armour does not know, or impossible fill bits",
    "bad_quote": "a quotation mark is opened and not closed on the line",
    "bad_sentence": "the sentence has fields missing or out of their limits",
    "bad_tag_block": "the tag block before the sentence does not fit its checksum or has no end",
    "bad_time": "the time is not one between 1990 and 2100",
    "file": "the file (line 0) among several is not understood; the others were read",
    "long_line": "the line is longer than any record can be",
    "no_position": "the ship says that she has no position (latitude 91, longitude 181), or the cell is empty",
    "no_time": "nothing gives this record a time",
    "not_a_sentence": "the line is neither an NMEA sentence nor a comment",
    "part_lost": "the other parts of this multi-part message never came",
    "repeated_header": "the header line stands again in mid-file",
    "short_message": "the message ends before its last needed bit",
    "truncated": "the compressed file ends in the middle; all complete lines before were read",
}
"""Reject slugs. A reject is a loss: the record was not used."""

NOTES: Final[dict[str, str]] = {
    "bad_context": "lines that should give time or origin, but do not fit their checksum or form",
    "comment": "lines that begin with #",
    "context": "lines that carry time or origin for the sentences after them: tag blocks, $PGHP, RMC, ZDA",
    "not_a_ship": "reports of base stations, aids to navigation and search-and-rescue aircraft: decoded, not ships",
    "other_sentence": "NMEA sentences that are not AIS: decoded by nobody here",
    "other_type": "AIS messages of types that carry neither a ship's position nor her static data",
    "own_ship": "positions of the receiving ship herself (VDO); counted among the positions too",
    "part": "further parts of multi-part messages",
    "static": "static reports read; only those that changed something are handed on",
    "void_clock": "RMC or ZDA sentences that are void or carry no date",
}
"""Note slugs. A note is information, not a loss."""
