"""The shell as its users meet it: output for people and machines, exit codes, never a stack trace."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.engine.diagrams import diagram
from tiendo.cli import COMMANDS, tiendo

Run = Callable[..., Result]
GOOD = diagram().start().user_task("a").end().bytes()
WRONG = diagram().start().node("serviceTask", "g").end().bytes()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process over a data folder of its own."""
    monkeypatch.setenv("TIENDO_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("TIENDO_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: object, text: str | None = None) -> Result:
        return CliRunner().invoke(tiendo, [str(one) for one in arguments], input=text)

    return invoke


@pytest.fixture
def installed(run: Run) -> Run:
    """The same over a migrated database."""
    done(run("migrate"))
    return run


def done(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(result: Result, words: str) -> None:
    assert result.exit_code == 1
    assert words in result.output
    assert "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit)


def read(result: Result) -> Any:
    return json.loads(result.stdout)


def file(tmp_path: Path, name: str, content: bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


# --- files ----------------------------------------------------------------------------------------------


def test_lint_says_what_is_wrong_and_exits_with_1(run: Run, tmp_path: Path) -> None:
    wrong = file(tmp_path, "sai.bpmn", WRONG)

    refused(run("lint", wrong), "[g] LỖI")

    found = run("lint", wrong, "--json")
    assert found.exit_code == 1
    first = read(found)["findings"][0]
    assert {"file", "element", "rule", "severity", "message"} <= set(first)


def test_lint_of_a_good_diagram_exits_with_0(run: Run, tmp_path: Path) -> None:
    assert read(run("lint", file(tmp_path, "tot.bpmn", GOOD), "--json"))["errors"] == 0


def calling(process: str) -> bytes:
    """Draw a process that calls another."""
    call = b'<bpmn:callActivity id="c" calledElement="con"/>'
    flow = b'<bpmn:sequenceFlow id="to_c" sourceRef="start" targetRef="c"/>'
    opening = f'<bpmn:process id="{process}" isExecutable="true"><bpmn:startEvent id="start"/>'.encode()
    head = b'<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">'
    return head + opening + call + flow + b"</bpmn:process></bpmn:definitions>"


def lint_of(run: Run, *arguments: object) -> list[tuple[str, str, str]]:
    """Give file, rule and severity of what lint finds."""
    found = read(run("lint", *arguments, "--json"))["findings"]
    return [(one["file"], one["rule"], one["severity"]) for one in found]


def test_lint_of_several_files_resolves_what_they_refer_to(run: Run, tmp_path: Path) -> None:
    caller = file(tmp_path, "goi.bpmn", calling("cha"))
    child = file(tmp_path, "con.bpmn", calling("con"))
    assert lint_of(run, caller) == [("goi.bpmn", "call.unknown-process", "warning")]
    assert lint_of(run, caller, child) == []


def test_lint_takes_folders_and_patterns(run: Run, tmp_path: Path) -> None:
    inside = tmp_path / "bo" / "sau"
    inside.mkdir(parents=True)
    file(inside, "sai.BPMN", WRONG)
    file(inside, "ghi-chu.txt", b"x")
    by_folder, by_pattern = lint_of(run, tmp_path / "bo"), lint_of(run, tmp_path / "bo" / "**" / "*.BPMN")
    assert {name for name, _rule, _severity in by_folder} == {str(Path("bo", "sau", "sai.BPMN"))}
    assert [rule for _name, rule, _severity in by_folder] == [rule for _name, rule, _severity in by_pattern]


def test_two_files_with_one_name_are_both_judged(run: Run, tmp_path: Path) -> None:
    for folder in ("mot", "hai"):
        (tmp_path / folder).mkdir()
        file(tmp_path / folder, "sai.bpmn", WRONG)
    found = lint_of(run, tmp_path / "mot" / "sai.bpmn", tmp_path / "hai" / "sai.bpmn")
    assert {name for name, _rule, _severity in found} == {"sai.bpmn", str(tmp_path / "hai" / "sai.bpmn")}


def test_a_file_that_is_not_there_is_one_line(run: Run) -> None:
    for command in ("lint", "intake", "play", "deploy"):
        result = run(command, "khong-co.bpmn")
        refused(result, "Không có tệp “khong-co.bpmn”.")
        assert result.output.count("\n") == 1


def test_play_prints_the_contract(run: Run, tmp_path: Path) -> None:
    found = read(run("play", file(tmp_path, "p.bpmn", GOOD), "--json", "--vars", '{"x": 1}'))

    assert found["state"] == "waiting"
    assert found["variables"] == {"x": 1}
    assert [one["element"] for one in found["waiting"]] == ["a"]
    assert {"seq", "element", "type", "event", "scope", "at"} <= set(found["trace"][0])
    assert found["error"] is None


def test_play_twice_prints_the_same(run: Run, tmp_path: Path) -> None:
    diagram_file = file(tmp_path, "p.bpmn", GOOD)
    assert run("play", diagram_file, "--json").stdout == run("play", diagram_file, "--json").stdout


def test_play_of_a_wrong_diagram_fails_with_findings(run: Run, tmp_path: Path) -> None:
    wrong = file(tmp_path, "sai.bpmn", WRONG)
    refused(run("play", wrong), "LỖI")
    found = run("play", wrong, "--json")
    assert found.exit_code == 1
    assert read(found)["state"] == "failed"
    assert read(found)["error"]["findings"]


def test_play_moves_the_clock(run: Run, tmp_path: Path) -> None:
    wait = "<bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>"
    path = file(tmp_path, "p.bpmn", diagram().start().catch("cho", wait).end().bytes())
    assert read(run("play", path, "--json"))["state"] == "waiting"
    assert read(run("play", path, "--advance", "P1D", "--json"))["state"] == "completed"


def test_variables_that_are_no_json_are_refused_with_their_place(run: Run, tmp_path: Path) -> None:
    refused(run("play", file(tmp_path, "p.bpmn", GOOD), "--vars", "{a: 1}"), "dòng 1, cột 2")


def test_the_shipped_scenarios_pass_and_their_coverage_is_told(run: Run) -> None:
    found = read(run("test", "--json"))
    assert all(one["passed"] for one in found["scenarios"])
    assert {one["process"]: one["percent"] for one in found["coverage"]}["assignment"] == 100


def test_a_scenario_that_fails_is_told_and_exits_with_1(run: Run, tmp_path: Path) -> None:
    (tmp_path / "q" / "scenarios").mkdir(parents=True)
    file(tmp_path, "q/p.bpmn", GOOD)
    steps = "process: p\nname: thử\nsteps:\n  - expect: {waiting: [b]}\n"
    file(tmp_path, "q/scenarios/1.yaml", steps.encode())
    refused(run("test", tmp_path / "q"), "cần ['b'], nhận được ['a']")
    refused(run("play", tmp_path / "q/p.bpmn", "--scenario", tmp_path / "q/scenarios/1.yaml"), "nhận được")


def test_a_folder_without_scenarios_is_an_error(run: Run, tmp_path: Path) -> None:
    refused(run("test", tmp_path), "Không có kịch bản")


DOCUMENT = Path(__file__).parents[1] / "directives" / "intake" / "documents" / "chi-thi.txt"


def test_intake_prints_the_contract(run: Run) -> None:
    found = read(run("intake", DOCUMENT, "--json"))
    header = {"number", "doc_type", "issuer", "date", "subject", "legal_bases", "signer", "recipients"}
    assert set(found) == {"document", "items", "quirks"}
    assert header <= set(found["document"])
    item = {"section", "text", "leads", "coordinators", "deadline", "source_lines"}
    assert found["items"]
    assert all(item <= set(one) for one in found["items"])


def test_intake_for_people_is_a_table(run: Run) -> None:
    shown = done(run("intake", DOCUMENT))
    assert "Số, ký hiệu:" in shown
    assert "Chủ trì" in shown


@pytest.mark.parametrize(
    "content", [b"", bytes(range(256)) * 10, b"%PDF-1.7 khong phai pdf", b"PK\x03\x04 zip"]
)
def test_intake_of_what_it_cannot_read_is_one_clear_line(run: Run, tmp_path: Path, content: bytes) -> None:
    suffix = ".pdf" if content.startswith(b"%PDF") else ".docx" if content.startswith(b"PK") else ".txt"
    result = run("intake", file(tmp_path, f"van-ban{suffix}", content), "--json")
    refused(result, "Lỗi: ")
    assert result.stdout == ""


# --- the installation -----------------------------------------------------------------------------------


def test_an_account_and_its_key(installed: Run) -> None:
    done(installed("user", "create", "lan", "--admin", "--password", "mật khẩu rất dài 2024"))
    key = done(installed("apikey", "create", "--user", "lan"))

    assert key.startswith("tiendo_")
    assert key.count("\n") == 1
    assert key.strip() not in done(installed("apikey", "list"))
    listed = read(installed("apikey", "list", "--json"))
    assert [one["user"] for one in listed] == ["lan"]
    done(installed("apikey", "revoke", listed[0]["id"]))
    assert read(installed("apikey", "list", "--json"))[0]["revoked_at"]


def test_a_password_may_be_typed_twice_instead(installed: Run) -> None:
    typed = "mật khẩu rất dài 2024\nmật khẩu rất dài 2024\n"
    done(installed("user", "create", "minh", text=typed))
    assert [one["username"] for one in read(installed("user", "list", "--json"))] == ["minh"]


def test_what_a_user_gets_wrong_is_said_in_one_breath(installed: Run) -> None:
    refused(installed("user", "create", "lan", "--password", "ngắn"), "Lỗi: ")
    refused(installed("apikey", "create", "--user", "ai"), "Không có tài khoản “ai”.")
    refused(installed("user", "create", "x", "--no-password", "--role", "head"), "vai_trò@mã_cơ_quan")
    refused(installed("calendar", "set", "32/1/2024", "--kind", "holiday", "--name", "Tết"), "32/1/2024")
    refused(installed("worker"), "tiendo serve")
    refused(installed("web"), "tiendo serve")
    refused(installed("serve", "--test-clock", "hôm qua"), "hôm qua")
    assert installed("user", "create").exit_code == 2


def test_reloading_after_each_step_is_refused_without_a_test_clock(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIENDO_RELOAD_EACH_STEP", "1")
    refused(run("serve"), "--test-clock")


def test_without_a_database_the_way_to_one_is_told(run: Run) -> None:
    refused(run("user", "list"), "tiendo migrate")
    refused(run("audit", "verify"), "tiendo migrate")


def test_deploy_publishes_or_refuses_as_a_whole(installed: Run, tmp_path: Path) -> None:
    good, wrong = file(tmp_path, "tot.bpmn", GOOD), file(tmp_path, "sai.bpmn", WRONG)
    refused(installed("deploy", good, wrong), "[g] LỖI")
    assert read(installed("deploy", good, "--json"))["definitions"] == [{"key": "p", "version": 1}]
    assert "phiên bản 2" in done(installed("deploy", good))


def test_doctor_finds_a_fresh_installation_in_order(installed: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from tiendo.commands import doctor

    good = doctor.Check(name="Giao diện", is_good=True, detail="")
    monkeypatch.setattr(doctor, "_assets", lambda: good)
    found = read(installed("doctor", "--json"))["checks"]
    assert {one["name"] for one in found if not one["is_good"]} == set()
    assert len(found) >= 7


def test_doctor_says_what_is_missing(run: Run) -> None:
    refused(run("doctor"), "✗ Cơ sở dữ liệu")


def test_audit_finds_the_line_somebody_changed(installed: Run, tmp_path: Path) -> None:
    import sqlite3

    from tiendo.shell import opened

    done(installed("deploy", file(tmp_path, "p.bpmn", GOOD)))
    with opened(None) as runtime, runtime.database.unit_of_work() as work:
        from engine import instances

        instances.start(work, "p", {})
        work.commit()
    assert read(installed("audit", "verify", "--json")) == {"verified": 1, "broken": []}

    with sqlite3.connect(tmp_path / "data" / "tiendo.db") as connection:
        connection.execute("UPDATE history_event SET actor_name = 'Ai đó' WHERE seq = 2")
    connection.close()

    result = installed("audit", "verify", "--json")
    assert result.exit_code == 1
    assert [one["seq"] for one in read(result)["broken"]] == [2]


def test_the_calendar_can_be_read_changed_and_confirmed(installed: Run, tmp_path: Path) -> None:
    done(installed("calendar", "set", "12/02/2024", "--kind", "holiday", "--name", "Nghỉ thêm"))
    days = {one["date"]: one["name"] for one in read(installed("calendar", "list", 2024, "--json"))}
    assert days["2024-02-12"] == "Nghỉ thêm"
    exported = file(tmp_path, "lich.csv", done(installed("calendar", "export", "--year", 2024)).encode())
    done(installed("calendar", "import", exported))
    done(installed("calendar", "remove", "2024-02-12"))
    refused(installed("calendar", "import", file(tmp_path, "x.csv", b"a,b\n1,2\n")), "date, kind, name")


def test_organisations_from_the_shell(installed: Run) -> None:
    top = done(
        installed("org", "create", "UBND tỉnh Đồng Nai", "--kind", "ubnd_tinh", "--level", "province")
    ).strip()
    unit = done(
        installed("org", "create", "Sở KH&CN", "--kind", "so", "--level", "department", "--parent", top)
    ).strip()
    listed = read(installed("org", "list", "--json"))
    assert [(one["id"], one["depth"]) for one in listed] == [(top, 0), (unit, 1)]
    refused(installed("org", "dissolve", "khong-co", "--basis", "NQ"), "Lỗi: ")


def test_a_webhook_to_a_private_address_is_refused_in_the_shell_too(installed: Run) -> None:
    refused(installed("webhook", "create", "https://10.0.0.1/x", "--event", "task.*"), "nội bộ")


# --- the program ----------------------------------------------------------------------------------------


def real(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tiendo.cli", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        cwd=Path(__file__).parents[2],
    )


def test_the_program_lists_its_commands() -> None:
    result = real("--help")
    assert result.returncode == 0
    assert all(name in result.stdout for name in COMMANDS)


def test_help_and_serve_start_without_the_heavy_libraries() -> None:
    script = (
        "import sys, tiendo.cli, tiendo.commands.serve\n"
        "heavy = {'lxml', 'sqlalchemy', 'flask', 'SpiffWorkflow', 'holidays'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False,
                            cwd=Path(__file__).parents[2])  # fmt: skip
    assert result.returncode == 0, result.stderr


def test_every_command_has_help() -> None:
    for name in sorted(set(COMMANDS) - {"demo", "rehearse"}):
        result = CliRunner().invoke(tiendo, [name, "--help"])
        assert result.exit_code == 0, (name, result.output)
        assert "Usage" in result.output


def test_an_error_of_the_program_is_one_line_on_standard_error(tmp_path: Path) -> None:
    result = real("user", "list", TIENDO_DATA=str(tmp_path))
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.startswith("Lỗi: ")
    assert result.stderr.count("\n") == 1


def test_a_database_that_cannot_be_reached_is_one_line() -> None:
    result = real("migrate", TIENDO_DATABASE_URL="postgresql://nobody@127.0.0.1:1/x")
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "Lỗi: " in result.stderr


def test_a_closed_pipe_ends_the_program_quietly() -> None:
    command = f"{sys.executable} -m tiendo.cli test --json | head -1"
    result = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False,
                            cwd=Path(__file__).parents[2], env=dict(os.environ))  # fmt: skip
    assert "Traceback" not in result.stderr


def test_a_bundle_is_written_looked_at_and_imported(installed: Run, tmp_path: Path) -> None:
    diagram_file = file(tmp_path, "p.bpmn", GOOD)
    done(installed("deploy", diagram_file))
    written = read(installed("bundle", "export", "p.zip", "p", "--json"))
    assert [one["key"] for one in written["definitions"]] == ["p"]
    assert "assignment" in done(installed("bundle", "export", "all.zip"))
    assert "Chưa thay đổi gì" in done(installed("bundle", "import", "p.zip"))
    file(tmp_path, "p.bpmn", GOOD.replace(b'"a"', b'"b"'))
    done(installed("deploy", diagram_file))
    imported = read(installed("bundle", "import", "p.zip", "--apply", "--as", "published", "--json"))
    assert [one["status"] for one in imported["definitions"]] == ["changed"]
    assert imported["published"] == ["p"]
    refused(installed("bundle", "import", diagram_file), "không phải gói .zip")


def test_deploying_past_four_eyes_has_to_be_said_and_is_recorded(
    installed: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIENDO_FOUR_EYES", "1")
    diagram_file = file(tmp_path, "p.bpmn", GOOD)
    refused(installed("deploy", diagram_file), "cần người thứ hai duyệt")
    done(installed("deploy", diagram_file, "--without-review"))
    monkeypatch.delenv("TIENDO_FOUR_EYES")
    from engine import definition_events
    from tiendo.shell import opened

    with opened(None) as runtime, runtime.database.reading() as session:
        acts = {one.act for one in definition_events.of_version(session, "p", 1)}
    assert acts == {"published", "unreviewed"}


def test_a_version_can_be_deployed_for_later(installed: Run, tmp_path: Path) -> None:
    later = installed("deploy", file(tmp_path, "p.bpmn", GOOD), "--effective", "2999-01-01T00:00")
    assert "có hiệu lực từ 01/01/2999 00:00" in done(later)


SMALL = """
process: p
name: nhỏ
start: {{variables: {{x: {x}}}}}
steps:
  - expect: {{state: completed}}
"""


def scenario_folder(tmp_path: Path, *values: int) -> Path:
    drawn = diagram().start().exclusive("g", default="no").task("yes").end()
    drawn.flow("g", "end", "= false").at(None).task("other").flow("g", "other", identity="no").end("e2")
    content = drawn.text().replace('targetRef="yes">', 'targetRef="yes"><bpmn:conditionExpression>= x = 1'
                                   "</bpmn:conditionExpression>")  # fmt: skip
    folder = tmp_path / "p"
    (folder / "scenarios").mkdir(parents=True)
    (folder / "p.bpmn").write_text(content, encoding="utf-8")
    for value in values:
        (folder / "scenarios" / f"{value}.yaml").write_text(SMALL.format(x=value), encoding="utf-8")
    return folder


def test_test_says_which_elements_and_flows_no_scenario_walks(run: Run, tmp_path: Path) -> None:
    [covered] = read(run("test", scenario_folder(tmp_path, 1), "--json"))["coverage"]
    assert set(covered["missed"]) == {"other", "e2"}
    assert "no" in covered["missed_flows"]
    assert covered["flow_percent"] < 60


def test_too_little_coverage_is_a_failure_when_a_threshold_is_given(run: Run, tmp_path: Path) -> None:
    folder = scenario_folder(tmp_path, 1)
    assert run("test", folder).exit_code == 0
    refused(run("test", folder, "--threshold", "90"), "thấp hơn mức 90%")


def test_two_plays_of_one_file_say_the_same_byte_for_byte(run: Run, tmp_path: Path) -> None:
    folder = scenario_folder(tmp_path, 1)
    once, again = (run("play", folder / "p.bpmn", "--vars", '{"x": 1}', "--json") for _time in range(2))
    assert done(once) == done(again)
    assert set(read(once)) == {"state", "trace", "waiting", "variables", "error"}
    assert set(read(once)["trace"][0]) >= {"seq", "element", "type", "event", "scope", "at"}


def test_a_fault_of_a_scenario_names_file_line_and_key(run: Run, tmp_path: Path) -> None:
    path = scenario_folder(tmp_path, 1) / "scenarios" / "1.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "  - complete: {tsk: a}\n", encoding="utf-8")
    refused(run("test", path), "dòng 7: steps.2.complete.tsk")
