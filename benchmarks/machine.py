"""Where and when it was measured."""

import os
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from OpenSSL import SSL

from benchmarks.peers import BLACKBOX, CHECK_HTTP, NGINX


def described() -> list[tuple[str, str]]:
    """What a reader must know to compare, as (name, text)."""
    return [
        ("Date", f"{datetime.now(UTC):%d %B %Y, %H:%M} UTC"),
        ("Processor", f"{_processor()}, {len(os.sched_getaffinity(0))} cores to run on"),
        ("Kernel", f"{platform.system()} {platform.release()}"),
        ("Load before", ", ".join(f"{load:.1f}" for load in os.getloadavg())),
        ("nigehban", version("nigehban")),
        ("Python", f"{sys.version.split()[0]}, uvloop {version('uvloop')}, httptools {version('httptools')}"),
        ("TLS of ours", f"{SSL.SSLeay_version(0).decode()}, pyOpenSSL {version('pyopenssl')}"),
        ("blackbox_exporter", BLACKBOX.version()),
        ("monitoring-plugins", CHECK_HTTP.version()),
        ("nginx", NGINX.version()),
    ]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()
