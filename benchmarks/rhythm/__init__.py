"""What limits do to real and made-up homes: needless alarms, and how long nobody notices."""
