"""What a browser says of itself, in the words people know it by."""

import re

from foundation.texts import Text, _

#: mark in the `User-Agent` → name; who imitates others stands before them
_BROWSERS = (
    ("coc_coc", "Cốc Cốc"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_PROGRAM = re.compile(r"[\w.-]+")


def told(agent: str) -> Text | str:
    """Name browser and system from a `User-Agent`; a program by its own word, nothing for nothing."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), None)
    system = next((name for mark, name in _SYSTEMS if mark in agent), None)
    if browser and system:
        return _("{browser} trên {system}", browser=browser, system=system)
    program = _PROGRAM.match(agent)
    return browser or (program.group() if program else "")
