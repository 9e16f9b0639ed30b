"""What a notebook is made of, as frozen values. Standard library only."""
