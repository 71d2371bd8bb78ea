"""A district under the load of its homes."""
