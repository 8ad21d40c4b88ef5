"""AIS sentences to columns and back: a compiled decoder of whole logs, and a small encoder."""

from seawarden.decode.encode import encode_message, encode_sentences
from seawarden.decode.log import Decoded, LogDecoder

__all__ = ["Decoded", "LogDecoder", "encode_message", "encode_sentences"]
