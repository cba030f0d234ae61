"""Tests of temporal."""
