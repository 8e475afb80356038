"""The console's look: design tokens, base templates, components and vendored assets. Knows no context."""
