"""Text to values. Nothing a person writes raises here: what is wrong becomes a finding."""
