"""Short words for tests that speak HTTP: who calls, and what comes back."""

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from foundation.database import Base
from processes.runtime import Runtime

if TYPE_CHECKING:
    from collections.abc import Mapping

#: a directive as a clerk confirms it after intake
PROPOSAL: "Mapping[str, Any]" = {
    "document": {
        "number": "1394/UBND-KGVX",
        "doc_type": "công văn",
        "issuer": "Ủy ban nhân dân tỉnh Đồng Nai",
        "date": "2024-02-05",
        "subject": "V/v triển khai thực hiện Kết luận số 463-KL/TU",
    },
    "items": [
        {
            "text": "Tuyên truyền, phổ biến Kết luận",
            "leads": ["Phòng Quản lý Khoa học"],
            "deadline": {"kind": "fixed", "raw": "trước ngày 29/3/2024", "due": "2024-03-29"},
            "source_lines": [3],
        }
    ],
}


@dataclass
class House:
    """The province, and who calls."""

    runtime: Runtime
    app: Flask
    callers: "dict[str, Caller]" = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    committee: str = ""
    science: str = ""
    finance: str = ""
    division: str = ""

    def __getattr__(self, name: str) -> "Caller":
        """Give a caller by name: `house.clerk`."""
        try:
            return self.callers[name]
        except KeyError:
            raise AttributeError(name) from None

    def received(self) -> dict[str, str]:
        """Receive the directive and give the ids of what began."""
        answer = self.clerk.post("/directives", json={"organisation": self.science, "proposal": PROPOSAL})
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return answer.json  # type: ignore[return-value]

    def started(self, diagram: bytes, **variables: Any) -> str:
        """Deploy a diagram of the process `p` and start it."""
        answer = self.admin.deploy({"p.bpmn": diagram})
        assert answer.status_code == 201, answer.get_data(as_text=True)
        answer = self.admin.post("/instances", json={"process": "p", "variables": variables})
        assert answer.status_code == 201, answer.get_data(as_text=True)
        found: str = answer.json["id"]  # type: ignore[index]
        return found

    def rows(self) -> dict[str, int]:
        """Count the rows of every table, to see that nothing changed."""
        with self.runtime.database.reading() as session:
            return {
                table.name: session.scalar(select(func.count()).select_from(table)) or 0
                for table in Base.metadata.sorted_tables
                if table.name not in {"api_key", "incident", "outbox_event"}
            }


class Caller:
    """Somebody with a key."""

    def __init__(self, house: House, key: str) -> None:
        self.house = house
        self.key = key
        self.headers = {"Authorization": f"Bearer {key}"}

    def get(self, path: str, **query: Any) -> TestResponse:
        return self._send("GET", path, query_string=query)

    def post(self, path: str, *, headers: "Mapping[str, str] | None" = None, **body: Any) -> TestResponse:
        return self._send("POST", path, headers, **body)

    def patch(self, path: str, *, headers: "Mapping[str, str] | None" = None, **body: Any) -> TestResponse:
        return self._send("PATCH", path, headers, **body)

    def delete(self, path: str, *, headers: "Mapping[str, str] | None" = None) -> TestResponse:
        return self._send("DELETE", path, headers)

    def deploy(self, files: "Mapping[str, bytes]", *, path: str = "/deployments") -> TestResponse:
        given = {name: (io.BytesIO(content), name) for name, content in files.items()}
        return self._send("POST", path, data=given, content_type="multipart/form-data")

    def _send(
        self, method: str, path: str, headers: "Mapping[str, str] | None" = None, **more: Any
    ) -> TestResponse:
        client = self.house.app.test_client()
        return client.open(
            f"/api/v1{path}", method=method, headers={**self.headers, **(headers or {})}, **more
        )


def problem(answer: TestResponse, status: int, code: str = "") -> dict[str, Any]:
    """Give the problem document of a refused request."""
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.content_type == "application/problem+json"
    found: dict[str, Any] = answer.json  # type: ignore[assignment]
    assert found["status"] == status
    assert found["detail"]
    if code:
        assert found["code"] == code
    return found
