"""What whoever writes a blueprint works with: a beginning, and a check that it keeps its contract on a real engine."""
