"""Alerts: rules with sane thresholds, a state for each that is broken, and telling people and programs."""
