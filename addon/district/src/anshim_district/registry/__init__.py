"""Who lives where: residents and their guardians, consent, kits and devices.

Names stay here, sealed.
"""
