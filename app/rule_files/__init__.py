"""Rules in files: YAML that `jalon export` writes and `jalon plan` and `jalon apply` read."""
