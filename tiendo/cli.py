"""The shell: `tiendo COMMAND`. Each command is one module of `tiendo.commands`, imported only when called.

Exit codes: 0 done, 1 refused or found errors, 2 wrong usage. Expected errors are one clear line, never a
stack trace.
"""

import importlib
import sys
from typing import Any

import click

from foundation.errors import Invalid, TiendoError

#: command → one line for `tiendo --help`; the module has the same name with `_` for `-`
COMMANDS = {
    "apikey": "tạo, liệt kê, thu hồi khóa API",
    "demo": "nạp tỉnh mẫu với năm văn bản chỉ đạo đang thực hiện",
    "deploy": "triển khai các tệp .bpmn, .dmn, .form",
    "doctor": "kiểm tra cài đặt và tình trạng hệ thống",
    "intake": "bóc tách văn bản thành dữ liệu và nhiệm vụ",
    "lint": "kiểm tra sơ đồ mà không triển khai",
    "migrate": "tạo hoặc nâng cấp cơ sở dữ liệu",
    "play": "chạy thử sơ đồ trong bộ nhớ với đồng hồ ảo",
    "rehearse": "diễn tập cả chu trình của một văn bản với đồng hồ ảo",
    "serve": "chạy máy chủ và bộ hẹn giờ trong một tiến trình (SQLite)",
    "test": "chạy các kịch bản bên cạnh sơ đồ",
    "user": "tạo và quản lý tài khoản",
    "web": "chạy riêng máy chủ web (PostgreSQL)",
    "worker": "chạy riêng bộ hẹn giờ (PostgreSQL)",
}


class Commands(click.Group):
    """A group that imports a command's module when the command is called."""

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
    """Run the shell; expected errors become one line on standard error and exit code 1."""
    try:
        return tiendo.main(args=arguments, prog_name="tiendo", standalone_mode=True)
    except TiendoError as error:
        click.echo(f"Lỗi: {error.text}", err=True)
        if isinstance(error, Invalid):
            for field, text in error.fields.items():
                click.echo(f"  {field}: {text}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
