"""make bench: measures, checks its own results, prints tables. `make bench ARGS="engine history"` chooses.

Without a choice, what has a target and takes a few minutes: a quarter of an hour in all on a machine that does nothing
else. Tables go to the standard output, progress to the standard error.
"""

import importlib
import pkgutil
import sys
import time

import bench

USUAL = ["engine", "verify", "http", "webhooks", "history"]


def main() -> int:
    known = [module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_")]
    parts = [name for name in known if hasattr(importlib.import_module(f"bench.{name}"), "main")]
    chosen = sys.argv[1:] or USUAL
    if unknown := set(chosen) - set(parts):
        print(f"There is no bench called {', '.join(sorted(unknown))}; there are {', '.join(parts)}.", file=sys.stderr)
        return 2
    failed = 0
    for name in chosen:
        begun = time.perf_counter()
        failed = max(failed, importlib.import_module(f"bench.{name}").main() or 0)
        print(f"{name} took {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(main())
