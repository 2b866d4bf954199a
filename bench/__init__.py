"""What Jalon costs, measured: `make bench`."""
