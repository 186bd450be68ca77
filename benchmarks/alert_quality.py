"""The alert-quality benchmark: `python benchmarks/alert_quality.py --help`, or `python -m benchmarks.alert_quality`.

Its parts are in benchmarks/quality/, what it says is in docs/alert-quality.md.
"""

import sys
from pathlib import Path

if __name__ == "__main__":
    if not __package__:  # run by its path: the tree it belongs to comes first
        sys.path[0] = str(Path(__file__).resolve().parents[1])
    from benchmarks.quality.line import main  # once the way to it is known

    sys.exit(main())
