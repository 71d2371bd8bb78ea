"""Keeps what a home says until its district has it. Started as `anshim-relay`."""

VERSION = "0.1.0"
CONTRACT = "1.7"
