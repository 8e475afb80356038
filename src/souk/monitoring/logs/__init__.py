"""Services' logs and slow queries: brought here by the worker, since no one else reaches into a machine."""
