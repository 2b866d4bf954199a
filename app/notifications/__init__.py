"""Notifications: messages for people, in the console and as a stream."""
