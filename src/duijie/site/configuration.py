"""What the environment may set. A wrong value fails at start, in one sentence; nothing insecure works silently."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from duijie.words import say


class Configuration(BaseSettings):
    """Every setting is an environment variable ``DUIJIE_<NAME>``; docs/deploy.md says what each is for."""

    model_config = SettingsConfigDict(env_prefix="DUIJIE_", extra="ignore")

    var: Path = Path("var/site")
    secret_key: str = Field(default="", repr=False)
    database_url: str = ""
    hosts: Annotated[list[str], NoDecode] = ["127.0.0.1", "localhost", "[::1]"]
    prefix: str = ""
    proxy: bool = False
    debug: bool = False
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "WARNING"
    language: Literal["zh-hans", "en"] = "zh-hans"
    home_region: str = "150000"
    sponsor: str = ""
    contact: str = ""
    filing: str = ""
    mail_url: str = ""
    mail_from: str = "duijie@localhost"
    address: str = "http://127.0.0.1:8000"
    node_modules: Path = Path(__file__).resolve().parents[3] / "node_modules"
    idle_minutes: int = Field(default=60, ge=5, le=24 * 60)
    session_hours: int = Field(default=12, ge=1, le=24 * 30)
    upload_megabytes: int = Field(default=50, ge=1, le=1024)

    @field_validator("hosts", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("prefix")
    @classmethod
    def _rooted(cls, value: str) -> str:
        if value and (not value.startswith("/") or value.endswith("/")):
            raise ValueError(say("应以 / 开头、不以 / 结尾，例如 /duijie", "must start with / and not end with it"))
        return value

    @field_validator("address")
    @classmethod
    def _of_the_site(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError(say("应写完整网址，例如 https://duijie.example", "must be whole: https://duijie.example"))
        return value.rstrip("/")

    def secret(self) -> str:
        """Return the key that signs sessions: the one set, or one made once and kept in ``var`` for its owner alone."""
        if self.secret_key:
            return self.secret_key
        place = self.var / "secret"
        if not place.exists():
            self.var.mkdir(mode=0o700, parents=True, exist_ok=True)
            place.touch(mode=0o600)
            place.write_text(secrets.token_urlsafe(50), encoding="ascii")
        return place.read_text(encoding="ascii").strip()


def configure() -> Configuration:
    """Read the environment, or leave with one sentence for each wrong value."""
    try:
        return Configuration()
    except ValidationError as error:
        wrong = "；".join(f"DUIJIE_{str(one['loc'][0]).upper()}: {one['msg']}" for one in error.errors())
        raise SystemExit(say(f"环境变量有误：{wrong}", f"wrong environment: {wrong}")) from None
