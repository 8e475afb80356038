"""A project as a file: read, compared with what exists, planned, done, and written."""
