"""`python -m notebook_kb` is `kb`."""

from notebook_kb.cli.main import run

if __name__ == "__main__":
    run()
