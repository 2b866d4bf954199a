"""A package, for the browser that its tests share."""
