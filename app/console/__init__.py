"""The console at /console: pages over the same api functions as the HTTP endpoints. See docs/console.md."""
