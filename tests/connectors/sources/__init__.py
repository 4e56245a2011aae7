"""Tests of connectors.sources."""
