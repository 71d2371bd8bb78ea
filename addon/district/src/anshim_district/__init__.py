"""The reference district server of Anshim Knock: hears homes, opens cases, shows them to people."""

__version__ = "0.1.0"

CONTRACT = "1.7"
