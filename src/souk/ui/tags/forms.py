"""Forms: any Django form, a schema's form, single fields."""

from __future__ import annotations

from django import forms, template
from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from souk.ui.fields import view

register = template.Library()


@register.simple_tag
def form_fields(form: forms.BaseForm, columns: int = 1) -> SafeString:
    """`{% form_fields form %}`: a form's errors, hidden and visible fields; not the form element.

    A SchemaForm is drawn by the same tag, some of its fields folded away while nothing is wrong with them. `columns=2`
    sets short fields side by side on a wide screen.
    """
    shown = form.visible_fields()
    folded = [bound for bound in shown if bound.name in getattr(form, "folded", ())]
    values = {
        "errors": form.non_field_errors(),
        "hidden": form.hidden_fields(),
        "fields": [view(bound) for bound in shown if bound not in folded],
        "folded": [view(bound) for bound in folded],
        "unfolded": any(bound.errors for bound in folded),
        "columns": columns,
    }
    return SafeString(render_to_string("ui/components/form_fields.html", values))


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """`{% field form.name %}`: one field with label, control, help and errors."""
    return SafeString(render_to_string("ui/components/field.html", {"field": view(bound)}))


@register.simple_block_tag(takes_context=True)
def form_card(
    context: template.Context,
    content: str,
    title: str | Promise = "",
    submit: str | Promise = "",
    action: str = "",
    form: forms.BaseForm | None = None,
    tone: str = "primary",
) -> SafeString:
    """A posting form in a card: CSRF token, the fields of `form`, the block's content, one button."""
    values = {
        "title": title,
        "submit": submit,
        "action": action,
        "form": form,
        "tone": tone,
        "content": content,
    }
    request = context.get("request")
    return SafeString(render_to_string("ui/components/form_card.html", values, request=request))
