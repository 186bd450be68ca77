"""Coverage-guided fuzzing of every parser of outside bytes: `make fuzz`, or `python -m tests.fuzz --help`.

Each parser runs in a process of its own, so that a crash of one does not hide the others: an exception it does not
document, an input that takes over 2 s and one allocation over 64 MiB are all defects. The input is kept and named.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SLOWEST_S = 2
LARGEST_MIB = 64
MOST_MIB = 1024


def arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="of each parser (default 60)")
    parser.add_argument("--only", action="append", help="these parsers")
    parser.add_argument("--kept", type=Path, default=Path("fuzz-findings"), help="where inputs that break one are kept")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    return parser.parse_args(words)


def fuzz_one(name: str, asked: argparse.Namespace, folder: Path) -> None:
    """Fuzz in this process; libFuzzer ends it."""
    import atheris  # noqa: PLC0415  # an extra that the daemon and its tests do without

    with atheris.instrument_imports(include=["checks", "watchdog"]):
        from tests.fuzz.card import card  # noqa: PLC0415  # only what is imported within is instrumented
    parser = card(folder)[name]
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(parser.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    asked.kept.mkdir(exist_ok=True)
    limits = [
        f"-max_total_time={asked.seconds}",
        f"-timeout={SLOWEST_S}",
        f"-malloc_limit_mb={LARGEST_MIB}",
        f"-rss_limit_mb={MOST_MIB}",
        f"-artifact_prefix={asked.kept}/{name.replace(' ', '-')}-",
        "-max_len=4096",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *limits, str(corpus)], parser.digest)
    atheris.Fuzz()


def fuzz_in_a_child(name: str, asked: argparse.Namespace) -> tuple[int, str]:
    command = [
        sys.executable,
        "-m",
        "tests.fuzz",
        f"--seconds={asked.seconds}",
        f"--kept={asked.kept}",
        f"--one={name}",
    ]
    ended = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    return ended.returncode, ended.stdout + ended.stderr


def runs(output: str) -> str:
    words = [line.split()[-1] for line in output.splitlines() if line.startswith("stat::number_of_executed_units")]
    return words[0] if words else "no"


def main(words: Sequence[str]) -> int:
    asked = arguments(words)
    with tempfile.TemporaryDirectory(prefix="nigehban-fuzz-") as folder:
        if asked.one:
            fuzz_one(asked.one, asked, Path(folder))
            return 0
        from tests.fuzz.card import card  # noqa: PLC0415  # see fuzz_one

        names = asked.only or list(card(Path(folder)))
    broken = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, (code, output) in zip(names, pool.map(lambda name: fuzz_in_a_child(name, asked), names), strict=True):
            print(f"{name}: {runs(output)} inputs, {'nothing broke' if code == 0 else 'BROKEN'}", flush=True)
            if code != 0:
                broken += 1
                print(output[-4000:], file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
