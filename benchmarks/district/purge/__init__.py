"""What homes notice while very much is deleted."""
