"""The commands of `jalon`, one file each."""
