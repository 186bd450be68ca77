"""Without its extras the demo says how to get them."""

import io
import subprocess
import sys

import pytest

from watchdog.demo.main import demo


@pytest.mark.parametrize(
    ("missing", "named"),
    [({"aiosmtpd", "trustme"}, "aiosmtpd and trustme"), ({"trustme"}, "trustme"), ({"aiosmtpd"}, "aiosmtpd")],
)
def test_what_is_missing_is_named_with_the_way_to_get_it(missing: set[str], named: str) -> None:
    out, err = io.StringIO(), io.StringIO()
    code = demo(out=out, err=err, find=lambda name: None if name in missing else name)
    assert (code, out.getvalue()) == (1, "")
    assert (
        err.getvalue()
        == f"nigehban: the demo needs {named}; install them beside it: pip install {named.replace(' and ', ' ')}\n"
    )


def test_an_installation_without_extras_answers_in_one_line() -> None:
    script = (
        "import sys; sys.modules['aiosmtpd'] = sys.modules['trustme'] = None;"
        "from watchdog.cli.main import execute; sys.exit(execute(['demo']))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "nigehban: the demo needs aiosmtpd and trustme; install them beside it: pip install aiosmtpd trustme\n"
    )
