"""Identifiers: opaque strings that sort in the order one process made them (UUID version 7 layout)."""

import os
import time
from threading import Lock

_lock = Lock()
_last = 0

#: bits below the milliseconds
_TAIL = 80
_VERSION, _VARIANT = 0x7 << 76, 0x2 << 62
_VERSION_MASK, _VARIANT_MASK = 0xF << 76, 0x3 << 62


def new_id() -> str:
    """Make an identifier: 48 bits of milliseconds, then random; 32 hex digits, each greater than the last."""
    global _last  # noqa: PLW0603  the order of identifiers is a fact of the whole process
    candidate = (time.time_ns() // 1_000_000 << _TAIL) | int.from_bytes(os.urandom(10))
    candidate = (candidate & ~_VERSION_MASK & ~_VARIANT_MASK) | _VERSION | _VARIANT
    with _lock:
        if candidate <= _last:
            candidate = _last + 1
        _last = candidate
    return f"{candidate:032x}"
