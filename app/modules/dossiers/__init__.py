"""Dossiers: files of people, with a status per case type."""
