"""`{% load souk %}`: every tag and filter of the console's components. They are listed in ui/README.md."""

from django import template

from souk.ui.tags import data, forms, frames, live, market, text

register = template.Library()

for _part in (text, frames, forms, data, market, live):
    register.tags.update(_part.register.tags)
    register.filters.update(_part.register.filters)
