"""The web application: the way of a request, and the tools of a handler."""
