"""Template tags by subject; `{% load souk %}` has them all."""
