"""From the OpenAPI document to `souk.client`: data models by datamodel-code-generator, methods by our own."""
