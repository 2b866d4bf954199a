"""The web application: what every request passes, and what a handler needs."""
