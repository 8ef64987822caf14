"""Every page is closed unless its rule opens it, and no answer lets foreign code in."""

from tests.web.desk import Desk
from web.gate import PUBLIC, rule_of


def test_every_view_of_the_pages_has_a_rule(desk: Desk) -> None:
    views = {one.endpoint for one in desk.app.url_map.iter_rules() if one.endpoint.startswith("pages.")}
    assert len(views) > 40
    assert [one for one in sorted(views) if rule_of(desk.app.view_functions[one]) is None] == []


def test_only_the_door_is_open_to_anybody(desk: Desk) -> None:
    views = {one.endpoint for one in desk.app.url_map.iter_rules() if one.endpoint.startswith("pages.")}
    opened = {one for one in views if rule_of(desk.app.view_functions[one]) == PUBLIC}
    assert opened == {"pages.sign_in.form", "pages.sign_in.sign_in_now", "pages.sign_in.change_language"}


def test_who_is_not_signed_in_is_sent_to_the_door_and_back(desk: Desk) -> None:
    answer = desk.app.test_client().get("/documents?q=463")
    assert answer.headers["Location"] == "/sign-in?next=%2Fdocuments%3Fq%3D463"


def test_a_poll_after_the_session_ended_changes_nothing_on_the_page(desk: Desk) -> None:
    answer = desk.app.test_client().get("/notifications/count", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.data) == (204, b"")


def test_a_change_without_the_token_of_the_session_is_refused(desk: Desk) -> None:
    browser = desk.browser("qlkh.cv")
    answer = browser.client.post("/notifications/read", data={})
    assert answer.status_code == 403
    assert "hãy tải lại trang" in answer.text


def test_a_change_from_another_site_is_refused_even_with_the_token(desk: Desk) -> None:
    answer = desk.browser("qlkh.cv").post(
        "/notifications/read", headers={"Sec-Fetch-Site": "cross-site"}, follow=False
    )
    assert answer.status_code == 403


def test_who_lacks_the_right_is_told_which(desk: Desk) -> None:
    answer = desk.browser("qlkh.cv").get("/receiving")
    assert answer.status_code == 403
    assert "vào sổ và tiếp nhận văn bản chỉ đạo" in answer.text


def test_every_page_carries_the_strict_policy(desk: Desk) -> None:
    answer = desk.browser("qlkh.cv").get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_page_that_is_not_there_says_so_in_vietnamese(desk: Desk) -> None:
    answer = desk.browser("qlkh.cv").get("/khong-co")
    assert answer.status_code == 404
    assert "Không có trang này." in answer.text
    assert "Việc của tôi" in answer.text


def test_the_navigation_shows_only_what_a_person_may_open(desk: Desk) -> None:
    assert 'href="/webhooks"' not in desk.browser("qlkh.cv").read("/")
    assert 'href="/plans"' in desk.browser("qlkh.cv").read("/")
