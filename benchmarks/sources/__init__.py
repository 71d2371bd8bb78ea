"""What the rules for signs of life make of recorded homes and appliances."""
