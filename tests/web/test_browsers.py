"""The list of one's own sessions names browsers as people do."""

import pytest

from web import browsers

GECKO = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) "
MOBILE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 "


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        (GECKO + "AppleWebKit/537.36 Chrome/130.0 Safari/537.36", "Chrome trên Windows"),
        (GECKO + "AppleWebKit/537.36 coc_coc_browser/130 Chrome/124 Safari/537.36", "Cốc Cốc trên Windows"),
        (GECKO + "AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "Edge trên Windows"),
        (MOBILE + "SamsungBrowser/26.0 Chrome/122 Mobile Safari/537.36", "Samsung Internet trên Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1",
            "Safari trên iPhone",
        ),
        ("curl/8.5.0", "curl"),
        ("", ""),
    ],
)
def test_a_session_is_named_by_browser_and_system(agent: str, told: str) -> None:
    assert str(browsers.told(agent)) == told
