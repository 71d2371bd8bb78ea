"""Help is called while everything is being flooded."""
