"""The gallery of the blueprints, in both languages, made from what they say of themselves."""
