"""What cocflow uses of the world; each adapter implements a port, none knows another."""

from cocflow.adapters.late import install

install()
