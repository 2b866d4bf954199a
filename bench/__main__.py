"""make bench: measures, checks its own results, prints one table. `make bench ARGS="engine history"` chooses."""

import importlib
import pkgutil
import sys

import bench


def main() -> int:
    known = [module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_")]
    parts = [name for name in known if hasattr(importlib.import_module(f"bench.{name}"), "main")]
    chosen = sys.argv[1:] or parts
    if unknown := set(chosen) - set(parts):
        print(f"There is no bench called {', '.join(sorted(unknown))}; there are {', '.join(parts)}.", file=sys.stderr)
        return 2
    return max(importlib.import_module(f"bench.{name}").main() or 0 for name in chosen)


if __name__ == "__main__":
    sys.exit(main())
