"""Propositions: roles and actions made for one proposition."""
