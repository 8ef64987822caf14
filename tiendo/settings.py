"""Settings: read once from the environment and the command line, then handed down as values.

Every setting is listed in `docs/reference/settings.md`; a test compares the two.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from foundation.errors import Invalid
from foundation.texts import _


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How this installation runs."""

    #: folder of the embedded database, the secret key and attachments (TIENDO_DATA)
    data: Path = Path("data")
    #: SQLAlchemy URL; empty means SQLite in the data folder (TIENDO_DATABASE_URL)
    database_url: str = ""
    #: address under which people reach the house (TIENDO_BASE_URL)
    base_url: str = ""
    #: inner networks webhooks may reach, comma separated (TIENDO_WEBHOOK_NETWORKS)
    webhook_networks: tuple[str, ...] = ()
    #: plain http for webhooks, and cookies without Secure: development only (TIENDO_INSECURE_HTTP)
    allows_http: bool = False
    #: drafts need a second person's approval unless a definition says otherwise (TIENDO_FOUR_EYES)
    four_eyes: bool = False
    #: save, drop and reload each instance after every step, with a test clock only (TIENDO_RELOAD_EACH_STEP)
    reloads_each_step: bool = False

    @classmethod
    def from_environment(cls, **given: object) -> "Settings":
        """Read the environment; values given by the command line win."""
        environment = os.environ
        found: dict[str, object] = {
            "data": Path(environment.get("TIENDO_DATA", "data")),
            "database_url": environment.get("TIENDO_DATABASE_URL", ""),
            "base_url": environment.get("TIENDO_BASE_URL", ""),
            "webhook_networks": _listed(environment.get("TIENDO_WEBHOOK_NETWORKS", "")),
            "allows_http": _is_on(environment.get("TIENDO_INSECURE_HTTP", "")),
            "four_eyes": _is_on(environment.get("TIENDO_FOUR_EYES", "")),
            "reloads_each_step": _is_on(environment.get("TIENDO_RELOAD_EACH_STEP", "")),
        }
        found.update({name: value for name, value in given.items() if value is not None})
        return cls(**found)  # type: ignore[arg-type]  # keys are the fields of this class

    @property
    def url(self) -> str:
        """The database URL that is used."""
        if not self.database_url:
            return f"sqlite:///{self.data.resolve()}/tiendo.db"
        if self.database_url.startswith("postgresql://"):
            return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
        if not self.database_url.startswith(("sqlite:", "postgresql+psycopg:")):
            raise Invalid(
                _(
                    "TIENDO_DATABASE_URL phải bắt đầu bằng sqlite: hoặc postgresql:, nhưng là “{found}”.",
                    found=self.database_url.partition(":")[0],
                )
            )
        return self.database_url

    def secret_key(self) -> str:
        """Give the key that seals secrets: TIENDO_SECRET_KEY, or one made once in the data folder."""
        key = os.environ.get("TIENDO_SECRET_KEY", "")
        if key:
            return key
        path = self.data / "secret.key"
        if not path.exists():
            from cryptography.fernet import Fernet

            self.data.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(Fernet.generate_key().decode(), encoding="ascii")
        return path.read_text(encoding="ascii").strip()


def _is_on(text: str) -> bool:
    return text in {"1", "true", "yes"}


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
