"""What kits say: enrolments, hellos, events, heartbeats (contract §6, §7)."""
