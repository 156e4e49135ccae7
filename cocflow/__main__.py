"""`python -m cocflow`: the command line, where no console script is installed."""

from cocflow.cli import main

main()
