"""`make bench`: every benchmark against a limit or a peer in the same run, written to docs/performance.md and
bench/results.json.

They run in a database of their own, `meridian_bench`, on the server that Meridian uses. SCALE=0.01 makes a quick run
of a hundredth
of the rows; named modules (`python -m bench nightly`) run alone.
"""

import os
import sys

from bench.database import use_bench_database

use_bench_database()

import django  # noqa: E402  the database is chosen before settings are read

django.setup()

from bench.report import run_all  # noqa: E402

if __name__ == "__main__":
    sys.exit(run_all(sys.argv[1:], scale=float(os.environ.get("SCALE", "1"))))
