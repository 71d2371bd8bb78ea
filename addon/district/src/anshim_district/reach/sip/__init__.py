"""Automatic calls by SIP: baresip, one process for each call, against a PBX or trunk."""
