"""Identifiers: opaque strings that sort by the moment they were made (UUID version 7 layout)."""

import os
import time


def new_id() -> str:
    """Make an identifier: 48 bits of milliseconds, then random; 32 hex digits without dashes."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10))
    value = (milliseconds << 80) | random
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return f"{value:032x}"
