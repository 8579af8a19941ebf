"""What the operating system must provide: the libraries Qt loads, the programs tests start."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from stopped import SetupStopped

APT_ATTEMPTS = 3
POLICY_FILE = Path("/usr/sbin/policy-rc.d")
POLICY = "#!/bin/sh\n# Written for the length of one installation: start no services.\nexit 101\n"

# The file the loader looks for, and the Debian package it is in.
QT_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libbrotlidec.so.1": "libbrotli1",
}
DISPLAY_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
# The program a test marked `real` starts, and the Debian package it is in.
TEST_PROGRAMS = {
    "postgres": "postgresql",
    "prometheus": "prometheus",
    "prometheus-alertmanager": "prometheus-alertmanager",
    "nats-server": "nats-server",
    "Xvfb": "xvfb",
    "xauth": "xauth",
    "xdotool": "xdotool",
    "openbox": "openbox",
    "xprop": "x11-utils",
    "import": "imagemagick",
    "ip": "iproute2",
    "dot": "graphviz",
    "gcc": "build-essential",
    "dbus-run-session": "dbus-daemon",
    "gnome-keyring-daemon": "gnome-keyring",
}


def missing_libraries(
    wanted: dict[str, str], load: Callable[[str], object] = ctypes.CDLL
) -> list[str]:
    """The Debian packages of the libraries in `wanted` that `load` cannot open."""
    if not sys.platform.startswith("linux"):
        return []
    return [package for name, package in wanted.items() if not _loads(name, load)]


def missing_programs(wanted: dict[str, str]) -> list[str]:
    """The Debian packages of the programs in `wanted` that are not installed."""
    if not sys.platform.startswith("linux"):
        return []
    return [package for name, package in wanted.items() if find_program(name) is None]


def find_program(name: str) -> Path | None:
    """Where a program is, looking also where Debian keeps servers off the search path."""
    postgres = (str(folder) for folder in Path("/usr/lib/postgresql").glob("*/bin"))
    folders = [os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin", *postgres]
    found = shutil.which(name, path=os.pathsep.join(folders))
    return Path(found) if found else None


def may_install() -> bool:
    """Whether this is Debian (or a child of it) and we are root."""
    return shutil.which("apt-get") is not None and os.geteuid() == 0


def install_command(packages: Iterable[str]) -> str:
    """The one command that installs `packages`, for a person to paste."""
    names = " ".join(sorted(set(packages)))
    return f"sudo apt-get update && sudo apt-get install --yes --no-install-recommends {names}"


def require(packages: Sequence[str], purpose: str) -> None:
    """Install `packages`, or stop with the one command that would.

    Raises `SetupStopped` when they are missing and cannot be installed from here.
    """
    if not packages:
        return
    if not may_install():
        raise SetupStopped(
            f"{purpose} needs system packages.  Install them with:\n  {install_command(packages)}"
        )
    if not apt_install(packages, _succeeds_quietly):
        raise SetupStopped(
            f"The system packages for {purpose} did not install.  Try:\n"
            f"  {install_command(packages)}"
        )


def offer(packages: Sequence[str], purpose: str) -> None:
    """Install `packages` when that is ours to do; otherwise say how, and go on without them."""
    if not packages or (may_install() and apt_install(packages, _succeeds_quietly)):
        return
    print(f"{purpose} will skip.  To run them too:\n  {install_command(packages)}", flush=True)


def apt_install(packages: Sequence[str], succeeds: Callable[[Sequence[str]], bool]) -> bool:
    """Install `packages` without starting any service; True when all of them are installed."""
    print(f"Installing {' '.join(packages)}", flush=True)
    apt = ["apt-get", "--quiet=2", "--option", "DPkg::Lock::Timeout=300"]
    install = [*apt, "install", "--yes", "--no-install-recommends", *packages]
    with _services_kept_still():
        for _attempt in range(APT_ATTEMPTS):
            if succeeds([*apt, "update"]) and succeeds(install):
                return True
    return False


def _succeeds_quietly(command: Sequence[str]) -> bool:
    """Run `command`; what it says is shown only when it fails."""
    ended = subprocess.run(
        command,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if ended.returncode:
        print(ended.stdout, file=sys.stderr, flush=True)
    return ended.returncode == 0


def _loads(name: str, load: Callable[[str], object]) -> bool:
    try:
        load(name)
    except OSError:
        return False
    return True


@contextmanager
def _services_kept_still() -> Iterator[None]:
    """Packages that bring a server start it on installation, unless a policy says no."""
    ours = not POLICY_FILE.exists()
    if ours:
        POLICY_FILE.write_text(POLICY, encoding="utf-8")
        POLICY_FILE.chmod(0o755)
    try:
        yield
    finally:
        if ours:
            POLICY_FILE.unlink(missing_ok=True)
