"""Reaching people by telephone: residents who are asked, responders who are told."""
