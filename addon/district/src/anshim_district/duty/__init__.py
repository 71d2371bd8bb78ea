"""Who responds when: the calendar, the shifts, the order in which people are told."""
