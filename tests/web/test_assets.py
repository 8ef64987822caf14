"""Built files: found by plain name, served compressed, cached for ever; a missing build says what to do."""

import json
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from web import assets


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(assets, "DIST", tmp_path)
    (tmp_path / "app-1.js").write_text("plain")
    (tmp_path / "app-1.js.gz").write_bytes(b"compressed")
    written = {"sources": "x", "files": {"app.js": "app-1.js"}, "imports": {"app.js": ["chunks/a-2.js"]}}
    (tmp_path / "manifest.json").write_text(json.dumps(written))
    return tmp_path


@pytest.fixture
def browser(dist: Path) -> FlaskClient:
    app = Flask(__name__)
    app.register_blueprint(assets.blueprint)
    return app.test_client()


def test_a_plain_name_becomes_the_address_of_the_hashed_file(dist: Path) -> None:
    assert assets.asset("app.js") == "/static/dist/app-1.js"
    assert assets.preloads("app.js") == ("/static/dist/chunks/a-2.js",)


def test_a_new_build_is_seen_without_a_restart(dist: Path) -> None:
    assets.asset("app.js")
    (dist / "manifest.json").write_text(
        json.dumps({"sources": "y", "files": {"app.js": "app-22.js"}, "imports": {}})
    )
    assert assets.asset("app.js") == "/static/dist/app-22.js"


def test_an_unknown_name_lists_what_there_is(dist: Path) -> None:
    with pytest.raises(assets.MissingAssetError, match=r"other\.js.*app\.js"):
        assets.asset("other.js")


def test_without_a_build_the_message_says_what_to_run(dist: Path) -> None:
    (dist / "manifest.json").unlink()
    with pytest.raises(assets.MissingAssetError, match="make assets"):
        assets.asset("app.js")


def test_a_browser_that_takes_gzip_gets_the_compressed_file_for_a_year(browser: FlaskClient) -> None:
    answer = browser.get("/static/dist/app-1.js", headers={"Accept-Encoding": "gzip, br"}, buffered=True)
    assert answer.data == b"compressed"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_other_browsers_get_the_plain_file(browser: FlaskClient) -> None:
    answer = browser.get("/static/dist/app-1.js", headers={"Accept-Encoding": "identity"}, buffered=True)
    assert answer.data == b"plain"
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("name", ["app-1.js.gz", "manifest.json", "none.js", "../assets.py"])
def test_nothing_else_is_served(browser: FlaskClient, name: str) -> None:
    assert browser.get(f"/static/dist/{name}").status_code == 404
