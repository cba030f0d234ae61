"""Baton: durable agentic orchestration on Temporal."""
