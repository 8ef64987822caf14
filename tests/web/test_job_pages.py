"""The page of automatic work: what waits, who holds it until when, what stopped, retry and unlock."""

import re
from datetime import timedelta

import pytest

from engine import external_jobs
from engine.external_jobs import LockedJob, Wanted
from tests.engine.diagrams import diagram
from tests.web.office import Browser, Office, office
from tests.web.test_instance_pages import broken, start

__all__ = ["broken", "office"]


@pytest.fixture
def admin(office: Office) -> Browser:
    return office.browser("admin")


@pytest.fixture
def signing(office: Office) -> str:
    """Give an instance whose document is signed by a program elsewhere."""
    office.deploy(ky__bpmn=diagram("ky").start().service_task("sign", "ky-so").end().bytes())
    return start(office, "ky", {})


def lock(office: Office) -> LockedJob:
    wanted = [Wanted(topic="ky-so", lock_for=timedelta(minutes=5))]
    with office.database.unit_of_work(office.actor("van-thu")) as work:
        (job,) = external_jobs.fetch_and_lock(work, "may-ky-1", wanted, most=1)
        work.commit()
    return job


def test_an_empty_list_says_what_would_be_there(admin: Browser) -> None:
    assert "Không có việc tự động nào đang chờ" in admin.read("/jobs")


def test_a_job_without_handler_waits_for_a_program_elsewhere(admin: Browser, signing: str) -> None:
    text = admin.read("/jobs")
    assert "Bộ xử lý bên ngoài" in text
    assert "chưa bộ xử lý nào nhận" in text
    assert f"/instances/{signing}" in text
    assert "Không có việc nào như vậy" in admin.read("/jobs?state=failed")


def test_a_locked_job_names_the_program_and_is_unlocked_by_an_administrator(
    office: Office, admin: Browser, signing: str
) -> None:
    job = lock(office)
    text = admin.read("/jobs?state=locked")
    assert f"/instances/{signing}" in text
    assert "“may-ky-1” giữ đến" in text
    assert "Đã mở khóa" in admin.post(f"/jobs/{job.id}/unlock").text
    assert lock(office).id == job.id


def test_a_lock_that_ran_out_is_a_job_that_waits(office: Office, admin: Browser, signing: str) -> None:
    lock(office)
    office.clock.advance(timedelta(minutes=6))
    assert f"/instances/{signing}" in admin.read("/jobs?state=waiting")
    assert f"/instances/{signing}" not in admin.read("/jobs?state=locked")


def test_a_job_that_stopped_is_tried_again_from_the_list(office: Office, admin: Browser, broken: str) -> None:
    text = admin.read("/jobs?state=failed&topic=demo.fail")
    assert "hết thời gian chờ trục liên thông" in text
    assert "Hệ thống này" in text
    assert f"/instances/{broken}" in text
    office.runtime.dispatcher.handlers = {}
    address = re.findall(r"/incidents/(\w+)/retry", text)[0]
    assert "Đã thử lại" in admin.post(f"/incidents/{address}/retry", {"back": "jobs"}).text
    assert f"/instances/{broken}" in admin.read("/jobs?state=waiting")


def test_an_officer_sees_neither_the_list_nor_the_tab(office: Office, signing: str) -> None:
    officer = office.browser("van-thu")
    assert officer.get("/jobs").status_code == 403
    assert officer.post(f"/jobs/{signing}/unlock").status_code == 403
