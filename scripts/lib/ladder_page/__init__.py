"""The page about the ladder, in both languages, made from the table that the home decides by."""
