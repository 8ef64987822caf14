"""The shell: `tiendo COMMAND`. Each command is one module of `tiendo.commands`, imported only when called.

Exit codes: 0 done, 1 refused or found errors, 2 wrong usage. Expected errors are one clear line, never a
stack trace.
"""

import importlib
import sys
from typing import IO, Any

import click

from foundation.errors import Invalid, TiendoError
from foundation.texts import Text, _

#: command → one line for `tiendo --help`; the module has the same name with `_` for `-`
COMMANDS = {
    "apikey": "tạo, liệt kê, thu hồi khóa API",
    "audit": "kiểm tra chuỗi lịch sử có bị sửa hay không",
    "bundle": "xuất, nhập gói quy trình cùng biểu mẫu và bảng quyết định",
    "calendar": "lịch làm việc: nạp, xem, sửa, xác nhận năm",
    "decide": "chạy thử một bảng quyết định",
    "demo": "nạp tỉnh mẫu với năm văn bản chỉ đạo đang thực hiện",
    "deploy": "triển khai các tệp .bpmn, .dmn, .form",
    "doctor": "kiểm tra cài đặt và tình trạng hệ thống",
    "intake": "bóc tách văn bản thành dữ liệu và nhiệm vụ",
    "lint": "kiểm tra sơ đồ mà không triển khai",
    "migrate": "tạo hoặc nâng cấp cơ sở dữ liệu",
    "org": "danh bạ cơ quan: xem, tạo, đổi tên, sáp nhập, giải thể",
    "play": "chạy thử sơ đồ trong bộ nhớ với đồng hồ ảo",
    "rehearse": "diễn tập cả chu trình của một văn bản với đồng hồ ảo",
    "scenario": "xuất phiên chạy thành kịch bản thử",
    "serve": "chạy máy chủ và bộ hẹn giờ trong một tiến trình (SQLite)",
    "test": "chạy các kịch bản bên cạnh sơ đồ",
    "user": "tạo và quản lý tài khoản",
    "webhook": "đăng ký, gửi thử, xem nhật ký webhook",
    "web": "chạy riêng máy chủ web (PostgreSQL)",
    "worker": "chạy riêng bộ hẹn giờ (PostgreSQL)",
}


class Refusal(click.ClickException):
    """An expected error: one line, further lines only for the fields it names; exit code 1."""

    def __init__(self, text: Text, fields: dict[str, Text] | None = None) -> None:
        """Keep what is said to the person."""
        super().__init__(str(text))
        self.fields = fields or {}

    def show(self, file: IO[Any] | None = None) -> None:
        """Print it on standard error."""
        click.echo(f"Lỗi: {self.message}", err=True)
        for field, text in self.fields.items():
            if str(text) != self.message:
                click.echo(f"  {field}: {text}", err=True)


class Commands(click.Group):
    """A group that imports a command's module when the command is called."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; expected errors become a `Refusal`."""
        try:
            return super().invoke(ctx)
        except TiendoError as error:
            raise Refusal(error.text, error.fields if isinstance(error, Invalid) else None) from error
        except Exception as error:
            text = _outside(error)
            if text is None:
                raise
            raise Refusal(text) from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names in alphabetical order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"tiendo.commands.{cmd_name.replace('-', '_')}")
        found: click.Command = module.command
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Lệnh"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tiendo", message="%(prog)s %(version)s")
def tiendo() -> None:
    """Tiến Độ: theo dõi văn bản chỉ đạo từ ngày đến cho tới khi báo cáo được gửi lên."""


def main(arguments: list[str] | None = None) -> Any:
    """Run the shell."""
    return tiendo.main(args=arguments, prog_name="tiendo", standalone_mode=True)


def _outside(error: Exception) -> Text | None:
    """Give words for a failure of what lies outside the program; None for a mistake of its own."""
    if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
        return _("Không thực hiện được: {reason}.", reason=error.strerror or str(error))
    database = sys.modules.get("sqlalchemy.exc")
    if database is not None and isinstance(error, database.OperationalError | database.DatabaseError):
        reason = str(error.orig).strip().splitlines()[0] if error.orig else type(error).__name__
        return _("Không làm việc được với cơ sở dữ liệu: {reason}", reason=reason)
    return None


if __name__ == "__main__":
    main()
